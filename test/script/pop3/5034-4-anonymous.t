# RFC 5034 section 4 with RFC 4505: ANONYMOUS over POP3; RFC 1939 section 7: USER anonymous, with anything as password
# server: anonymous
bourse mailbox set guests --no-pop3
connect 1 pop3
1= +OK *
1: CAPA
1? SASL * ANONYMOUS
1* .
1: USER anonymous
1= +OK *
1: PASS me@example.net
1= -ERR [AUTH] anonymous access is not set up here   ## ERR_PROTOCOLOFF
bourse mailbox set guests --pop3
bourse folder grant guests INBOX anyone lr
mail guests@example.org Subject: first\r\n\r\n
1: USER Anonymous
1= +OK *
1: PASS x
1= +OK guests has * message*
1: TOP 1 0
1= +OK *
1* .
1: DELE 1
1= -ERR [SYS/PERM] *   ## ERR_PERM
1: QUIT
1= +OK *
1!
connect 3 pop3
3= +OK *
3: AUTH ANONYMOUS {b64:sirhc}
3= +OK guests has *
3: QUIT
3= +OK *
3!
connect 4 pop3
4= +OK *
4: AUTH ANONYMOUS
4= + 
4: {b64:\xff}
4= -ERR *
4: AUTH ANONYMOUS
4= + 
4: 
4= +OK guests has *
4: QUIT
4= +OK *
4!
