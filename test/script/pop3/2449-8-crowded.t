# RFC 2449 section 8.1.1: too many connections from one address
# server: small
connect 1 pop3
1= +OK *
connect 2 pop3
2= +OK *
connect 3 pop3
3= +OK *
connect 4 pop3
4= -ERR [SYS/TEMP] *   ## ERR_CROWDED
4!
1: QUIT
1= +OK *
2: QUIT
2= +OK *
3: QUIT
3= +OK *
1!
2!
3!
