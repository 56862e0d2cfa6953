# RFC 5034 section 6: auth.pop3_mechanisms is for POP3 alone, and USER is on where PLAIN is
# server: choosy
connect 1 pop3
1= +OK *
1: CAPA
1= +OK *
1? SASL PLAIN
1* .
1: AUTH
1= +OK *
1= PLAIN
1= .
1: AUTH SCRAM-SHA-256 {b64:n,,n=$user,r=abc}
1= -ERR *   ## ERR_MECHANISMOFF
1: AUTH LOGIN
1= -ERR *   ## ERR_MECHANISMOFF
1: USER $user
1= +OK *
1: PASS $password
1= +OK *
1: QUIT
1= +OK *
