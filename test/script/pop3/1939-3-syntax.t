# RFC 1939 section 3: keywords in any case, three or four letters; what is none gets -ERR
connect 1 pop3
1= +OK *
1: XYZZY
1= -ERR *
1: 
1= -ERR *
1: EHLO x
1= -ERR *
1.
logon 2 pop3
2: XYZZY
2= -ERR *
2: 
2= -ERR *
2: rEtR 1
2= -ERR *
2: QUIT
2= +OK *
