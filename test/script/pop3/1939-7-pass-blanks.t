# RFC 1939 section 7: the argument of PASS is everything behind one blank; blanks are part of a password
bourse account add DOM\blank-$box --full-name=x --no-password
connect 1 pop3
1= +OK *
1: USER $user
1= +OK *
1: PASS  $password
1= -ERR [AUTH] *
1: USER $user
1= +OK *
1: PASS $password 
1= -ERR [AUTH] *
1: USER DOM\\blank-$box
1= +OK *
1: PASS 
1= -ERR *
1: QUIT
1= +OK *
