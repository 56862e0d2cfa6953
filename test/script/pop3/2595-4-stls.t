# RFC 2595 section 4: STLS, before logon only
connect 1 pop3
1= +OK *
1: STLS x
1= -ERR *
1: USER $user
1= +OK *
1: STLS
1= +OK *
1~
# what was said before TLS is forgotten
1: PASS $password
1= -ERR *
1: CAPA
1= +OK *
1& USER
1& SASL SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN*
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
1: STLS
1= -ERR *
1: USER $user
1= +OK *
1: PASS $password
1= +OK *
1: STLS
1= -ERR *
1: STAT
1= +OK 0 0
1: QUIT
1= +OK *
1!
