# RFC 1939 section 5: who may only read a mailbox reads it by POP3, and is told why nothing is deleted
another bob
mail $address Subject: one\r\n\r\n
bourse mailbox grant $box $bob --rights read
connect 1 pop3
1= +OK *
1: USER $bob\\$box
1= +OK *
1: PASS $password
1= +OK *
1: STAT
1= +OK 1 *
1: RETR 1
1* .
1: DELE 1
1= -ERR [SYS/PERM] you may read this mailbox, but not delete*   ## ERR_PERM
1: STAT
1= +OK 1 *
# more rights count at once
bourse mailbox grant $box $bob --rights full
connect 2 pop3
2= +OK *
2: USER $bob\\$box
2= +OK *
2: PASS $password
2= +OK *
2: DELE 1
2= +OK *
2: RSET
2= +OK *
# a command that is on its way may still be answered
bourse mailbox revoke $box --account $bob
2: NOOP
2* -ERR *
2!
# a right to send is none to open it
bourse mailbox grant $box $bob --rights send-as
connect 3 pop3
3= +OK *
3: USER $bob\\$box
3= +OK *
3: PASS $password
3= -ERR [AUTH] *has the right send-as send-on-behalf on the mailbox "$box" but not the right read*   ## ERR_BOXRIGHT
