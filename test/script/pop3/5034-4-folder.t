# RFC 5034 section 4; RFC 4422 section 2: the authorisation identity names the folder
# server: public
another bob
bourse folder create public Identity
connect 1 pop3
1= +OK *
1: AUTH PLAIN {b64:Public Folders/Identity\0$user\0$password}
1= +OK Public Folders/Identity has 0 *
1: QUIT
1= +OK *
connect 2 pop3
2= +OK *
2: AUTH PLAIN {b64:$user\\Public Folders\\Identity\0$user\0$password}
2= +OK Public Folders/Identity has 0 *
2: QUIT
2= +OK *
# one that contradicts the name, and another's
connect 3 pop3
3= +OK *
3: AUTH PLAIN {b64:Public Folders/Identity\0$user\\Public Folders/Other\0$password}
3= -ERR [AUTH] user name or password is wrong   ## ERR_AUTH
3: AUTH PLAIN {b64:$bob\\Public Folders\\Identity\0$user\0$password}
3= -ERR [AUTH] user name or password is wrong   ## ERR_AUTH
3: AUTH PLAIN {b64:$bob_box/Archive\0$user\0$password}
3= -ERR [AUTH] user name or password is wrong   ## ERR_AUTH
3: AUTH PLAIN {b64:Public Folders\0$user\0$password}
3= -ERR [AUTH] logged on as $user, but which public folder *   ## ERR_NOBOX
