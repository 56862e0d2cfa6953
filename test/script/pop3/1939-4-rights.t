# RFC 1939 sections 4 and 5; RFC 4314 section 4: a delegate reads and deletes as INBOX's list allows
another bob
bourse mailbox grant $box $bob
mail $address Subject: one\r\n\r\n
logon 1 imap
1: a SETACL INBOX $bob lr
1= a OK *
connect 2 pop3
2= +OK *
2: USER $bob\\$box
2= +OK *
2: PASS $password
2= +OK *
2: STAT
2= +OK 1 *
2: RETR 1
2* .
2: DELE 1
2= -ERR [SYS/PERM] *   ## ERR_PERM
# rights that are taken away count when the messages are to go
1: b SETACL INBOX $bob lrte
1= b OK *
2: DELE 1
2= +OK *
1: c SETACL INBOX $bob lr
1= c OK *
2: QUIT
2= -ERR *
2!
1: d STATUS INBOX (MESSAGES)
1= * STATUS INBOX (MESSAGES 1)
1= d OK *
1: e SETACL INBOX $bob l
1= e OK *
connect 3 pop3
3= +OK *
3: USER $bob\\$box
3= +OK *
3: PASS $password
3= -ERR [AUTH] *   ## ERR_BOXRIGHT
