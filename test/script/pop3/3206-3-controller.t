# RFC 3206 section 3: nobody can be asked for the password, which is no fault of the credentials
bourse domain add FARTHER --backend ldap --controllers ldap://127.0.0.1:1 --no-starttls --base dc=far
connect 1 pop3
1= +OK *
1: USER FARTHER\\alice
1= +OK *
1: PASS secret
1= -ERR [SYS/TEMP] *   ## ERR_NOCONTROLLER
1: USER $user
1= +OK *
1: PASS $password
1= +OK *
1: QUIT
1= +OK *
