# RFC 5034 section 4: AUTH, with and without an initial response
connect 1 pop3
1= +OK *
# RFC 1734: without an argument it lists the mechanisms
1: AUTH
1= +OK *
1= SCRAM-SHA-256
1= SCRAM-SHA-1
1= PLAIN
1= LOGIN
1* .
1: AUTH CRAM-MD5
1= -ERR *   ## ERR_MECHANISM
1: AUTH PLAIN !!!
1= -ERR *   ## ERR_BASE64
1: AUTH PLAIN
1= + 
1: *
1= -ERR *   ## ERR_CANCELLED
1: AUTH PLAIN
1= + 
1: ====
1= -ERR *
1: AUTH PLAIN {b64:\0$user\0wrong}
1= -ERR [AUTH] *
1: AUTH PLAIN
1= + 
1: {b64:\0$user\0$password}
1= +OK *
1: AUTH PLAIN
1= -ERR *
1: QUIT
1= +OK *
1!
connect 2 pop3
2= +OK *
2: auth login
2= + {b64:Username:}
2: {b64:$user}
2= + {b64:Password:}
2: {b64:$password}
2= +OK *
2: STAT
2= +OK 0 0
2: QUIT
2= +OK *
2!
connect 3 pop3
3= +OK *
3: AUTH PLAIN {b64:\0$user\0$password}
3= +OK *
3: QUIT
3= +OK *
