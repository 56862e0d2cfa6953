# RFC 2449 section 6.7: EXPIRE says how long a message is left, in days; where the folder keeps none for ever that is not NEVER
# server: public
bourse folder create public Short
bourse folder age public Short 30
connect 1 pop3
1= +OK *
1: USER $user\\Public Folders/Short
1= +OK *
1: PASS $password
1= +OK *
1: CAPA
1= +OK *
1? EXPIRE 30
1* .
bourse folder age public Short never
1: CAPA
1= +OK *
1? EXPIRE NEVER
1* .
