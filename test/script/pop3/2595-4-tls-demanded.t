# RFC 2595 sections 2.3 and 4: where passwords are taken inside TLS only, USER is neither announced nor taken (B3)
# server: strict
connect 1 pop3
1= +OK *
1: CAPA
1= +OK *
1& STLS
1& TOP
1& UIDL
1& RESP-CODES
1& AUTH-RESP-CODE
1& PIPELINING
1& UTF8
1& LANG
1& EXPIRE NEVER
1& IMPLEMENTATION *
1= .
1: USER $user
1= -ERR [AUTH] *   ## ERR_NEEDTLS
1: PASS $password
1= -ERR [AUTH] *
1: AUTH PLAIN {b64:\0$user\0$password}
1= -ERR [AUTH] *
1: AUTH
1= +OK *
1= .
1: STLS
1= +OK *
1~
1: USER $user
1= +OK *
1: PASS $password
1= +OK *
1: QUIT
1= +OK *
1!
