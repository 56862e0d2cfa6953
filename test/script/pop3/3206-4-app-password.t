# RFC 3206 section 4: AUTH says that another password may do: an application password
another only
bourse account set $only --app-passwords-only
connect 1 pop3
1= +OK *
1: USER $only
1= +OK *
1: PASS $password
1= -ERR [AUTH] *   ## ERR_APPPASSWORD
1: QUIT
1= +OK *
