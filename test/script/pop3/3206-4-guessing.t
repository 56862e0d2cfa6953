# RFC 3206 section 4 and RFC 2449 section 8.1.1: trouble that passes is [SYS/TEMP] (C1)
# server: small
wait 2.5
connect 1 pop3
1= +OK *
1: USER $user
1= +OK *
1: PASS wrong
1= -ERR [AUTH] *
1: USER $user
1= +OK *
1: PASS wrong
1= -ERR [AUTH] *
1: USER $user
1= +OK *
1: PASS wrong
1= -ERR [AUTH] *
1: USER $user
1= +OK *
1: PASS wrong
1= -ERR [SYS/TEMP] *   ## ERR_GUESSING
1!
wait 4
