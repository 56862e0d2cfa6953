# RFC 3501 section 6.4.2: CLOSE removes what is marked, says nothing of it, and leaves the folder
mail $address Subject: one\r\n\r\n
mail $address Subject: two\r\n\r\n
logon 1 imap
1: a SELECT INBOX
1* a OK *
1: b STORE 1 +FLAGS.SILENT (\Deleted)
1= b OK *
1: c CLOSE x
1= c BAD *
1: d CLOSE
1= d OK *
1: e FETCH 1 FLAGS
1= e BAD *
1: f CLOSE
1= f BAD *
1: g STATUS INBOX (MESSAGES)
1= * STATUS INBOX (MESSAGES 1)
1= g OK *
# after EXAMINE nothing is removed; nor by SELECT of another folder
1: h SELECT INBOX
1* h OK *
1: i STORE 1 +FLAGS.SILENT (\Deleted)
1= i OK *
1: j EXAMINE INBOX
1* j OK *
1: k CLOSE
1= k OK *
1: l STATUS INBOX (MESSAGES)
1= * STATUS INBOX (MESSAGES 1)
1= l OK *
1: m LOGOUT
1* m OK *
