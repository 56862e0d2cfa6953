# RFC 6856 section 3: LANG in both states; "*" is what the server likes
connect 1 pop3
1= +OK *
1: LANG
1= +OK *
1= en English
1= .
1: LANG en
1= +OK en *
1: LANG *
1= +OK en *
1: LANG xx-none
1= -ERR *   ## ERR_UNSUPPORTED
1.
logon 2 pop3
2: LANG
2= +OK *
2= en English
2= .
2: LANG EN
2= +OK en *
2: LANG *
2= +OK en *
2: LANG MUL
2= -ERR *
2: QUIT
2= +OK *
