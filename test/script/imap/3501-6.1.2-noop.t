# RFC 3501 section 6.1.2: NOOP in every state; in the selected one it tells what is new
connect 1 imap
1= * OK *
1: a NOOP
1= a OK *
1: b NOOP x
1= b BAD *
1: c LOGIN $user $password
1= c OK *
1: d NOOP
1= d OK *
1: e SELECT INBOX
1* e OK *
1: f NOOP
1= f OK *
mail $address Subject: new\r\n\r\n
1: g NOOP
1= * 1 EXISTS
1= * 1 RECENT
1= g OK *
1: h NOOP
1= h OK *
1: i LOGOUT
1= * BYE *
1= i OK *
1!
