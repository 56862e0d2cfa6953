# RFC 1939 section 3, RFC 2449 section 4: lines end in CRLF and have at most 255 octets, 12288 with AUTH (RFC 5034)
connect 1 pop3
1= +OK *
1- NOOP\nNOOP\r\n
1= -ERR *   ## ERR_BARELINEEND
1!
connect 2 pop3
2= +OK *
2- USER a\0b\r\n
2= -ERR *
2!
connect 3 pop3
3= +OK *
repeat 3000 3- x
3= -ERR *   ## ERR_TOOLONG
3!
logon 4 pop3
4- NOOP\nNOOP\r\n
4= -ERR *
4!
logon 5 pop3
repeat 5000 5- x
5= -ERR *
5!
logon 6 pop3
6/ NOOP\r\nSTAT\r\nQUIT\r\n
6= +OK *
6= +OK 0 0
6= +OK *
6!
