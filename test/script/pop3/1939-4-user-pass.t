# RFC 1939 sections 4 and 7: greeting, USER and PASS; RFC 3206 and 2449 section 8: why a logon failed
connect 1 pop3
1= +OK * ready *
# nothing of the TRANSACTION state yet
1: STAT
1= -ERR *   ## ERR_SEQUENCE
1: LIST
1= -ERR *
1: DELE 1
1= -ERR *
1: PASS $password
1= -ERR *
1: USER
1= -ERR *
1: USER $user
1= +OK *
1: PASS wrong
1= -ERR [AUTH] *   ## ERR_AUTH
# after a failure USER comes again
1: PASS $password
1= -ERR *
1: user $user
1= +OK *
1: pass $password
1= +OK *
1: STAT
1= +OK 0 0
# no second logon
1: USER $user
1= -ERR *
1: PASS $password
1= -ERR *
1: QUIT
1= +OK *
1!
# an unknown name is not told apart
connect 2 pop3
2= +OK *
2: USER DOM\\nobody
2= +OK *
2: PASS wrong
2= -ERR [AUTH] *
2: QUIT
2= +OK *
2!
