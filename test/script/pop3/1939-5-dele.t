# RFC 1939 sections 5 and 6: DELE marks, QUIT removes; numbers stay the same meanwhile
mail $address Subject: one\r\n\r\n
mail $address Subject: two\r\n\r\n
mail $address Subject: three\r\n\r\n
logon 1 pop3
1: DELE
1= -ERR *
1: DELE 4
1= -ERR *
1: DELE 1
1= +OK *
1: DELE 1
1= -ERR *
1: TOP 3 0
1= +OK *
1? Subject: three
1* .
1: DELE 2
1= +OK *
1: QUIT
1= +OK *
1!
logon 2 pop3
2: STAT
2= +OK 1 *
2: TOP 1 0
2= +OK *
2? Subject: three
2* .
2: QUIT
2= +OK *
