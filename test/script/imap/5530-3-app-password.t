# RFC 5530 section 3: a password that is not for mail programs, and one that is
another only
bourse account set $only --app-passwords-only
connect 1 imap
1= * OK *
1: a LOGIN $only $password
1= a NO [CONTACTADMIN] *   ## ERR_APPPASSWORD
1: a2 LOGIN $only wrong
1= a2 NO [AUTHENTICATIONFAILED] *
# it looks like one, but is none
1: a3 LOGIN $only zzzz-zzzz-zzzz-zzzz
1= a3 NO [AUTHENTICATIONFAILED] *
bourse account set $only --no-app-passwords-only
1: a4 LOGIN $only $password
1= a4 OK *
1: a5 LOGOUT
1* a5 OK *
