# RFC 4954 section 6: 534 5.7.9, the password alone is too weak: an application password is needed
another only
bourse account set $only --app-passwords-only
connect 1 submission
1= 220 *
1: EHLO client.example
1* 250 *
1: AUTH PLAIN {b64:\0$only\0$password}
1= 534 5.7.9 *   ## ERR_APPPASSWORD
1: QUIT
1= 221 2.0.0 *
