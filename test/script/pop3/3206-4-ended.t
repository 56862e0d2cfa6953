# RFC 3206 section 4: a session that ends from outside
logon 1 pop3
bourse account password $user --password-stdin < another horse battery
1= -ERR [AUTH] *   ## ERR_ENDED
1!
connect 2 pop3
2= +OK *
2: USER $user
2= +OK *
2: PASS another horse battery
2= +OK *
bourse account set $user --disabled
2= -ERR [AUTH] *
2!
