# RFC 3206 section 4: SYS/TEMP, too many logons of one account within a minute
# server: paced
another hasty
connect 1 pop3
1= +OK *
1: USER $hasty
1= +OK *
1: PASS wrong
1= -ERR [AUTH] *
1: USER $hasty
1= +OK *
1: PASS wrong
1= -ERR [AUTH] *
1: USER $hasty
1= +OK *
1: PASS wrong
1= -ERR [AUTH] *
1: USER $hasty
1= +OK *
1: PASS $password
1= -ERR [SYS/TEMP] *   ## ERR_LOGONPACE
1: QUIT
1= +OK *
