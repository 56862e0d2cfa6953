# RFC 6851 sections 3 and 4: MOVE and UID MOVE; COPYUID comes before the EXPUNGEs (4.3)
mail $address Subject: one\r\n\r\n
mail $address Subject: two\r\n\r\n
mail $address Subject: three\r\n\r\n
logon 1 imap
1: a SELECT INBOX
1* a OK *
1: b MOVE 1 none
1= b NO [TRYCREATE] *
1: c CREATE box
1= c OK *
1: d MOVE 1 box
1= * OK [COPYUID $validity 1 1] *
1= * 1 EXPUNGE
1= d OK *
1: e UID MOVE 3 box
1= * OK [COPYUID $validity 3 2] *
1= * 2 EXPUNGE
1= e OK *
1: f UID MOVE 77 box
1= f OK *
1: g MOVE 2 box
1= g BAD *
1: h MOVE 1
1= h BAD *
1: i STATUS box (MESSAGES)
1= * STATUS box (MESSAGES 2)
1= i OK *
1: j FETCH 1:* UID
1= * 1 FETCH (UID 2)
1= j OK *
1: k LOGOUT
1* k OK *
