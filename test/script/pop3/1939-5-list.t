# RFC 1939 section 5: LIST, for all and for one; sizes are those RETR sends (section 11)
logon 1 pop3
1: LIST
1= +OK *
1= .
1: LIST 1
1= -ERR *   ## ERR_NOMESSAGE
1: QUIT
1= +OK *
mail $address Subject: one\r\n\r\n.dot\r\n
mail $address Subject: two\r\n\r\n
mail $address Subject: three\r\n\r\n
logon 2 pop3
2: LIST
2= +OK 3 messages *
2= 1 $one
2= 2 $two
2= 3 $three
2= .
2: LIST 1
2= +OK 1 $one
2: RETR 1
2= +OK $one octets
2* .
2: list 3
2= +OK 3 $three
2: LIST 4
2= -ERR *
2: LIST 0
2= -ERR *
2: LIST x
2= -ERR *
2: LIST -1
2= -ERR *
2: LIST 1 2
2= -ERR *
2: LIST 99999999999999999999
2= -ERR *
2: DELE 2
2= +OK *
2: LIST
2= +OK *
2= 1 $one
2= 3 $three
2= .
2: LIST 2
2= -ERR *
2: QUIT
2= +OK *
2!
