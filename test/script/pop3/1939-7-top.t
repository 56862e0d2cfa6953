# RFC 1939 section 7: TOP sends the header, the blank line and that many lines
mail $address Subject: top\r\n\r\n.one\r\ntwo\r\nthree\r\n
logon 1 pop3
1: TOP 1 0
1= +OK *
1? Subject: top
1= 
1= .
1: TOP 1 1
1= +OK *
1? Subject: top
1= 
1= ..one
1= .
1: TOP 1 4294967295
1= +OK *
1? Subject: top
1= 
1= ..one
1= two
1= three
1= .
1: TOP 1
1= -ERR *
1: TOP 1 -1
1= -ERR *
1: TOP 1 x
1= -ERR *
1: TOP 2 0
1= -ERR *
1: TOP 1 99999999999999999999
1= -ERR *
1: TOP
1= -ERR *
1: QUIT
1= +OK *
