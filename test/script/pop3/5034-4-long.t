# RFC 5034 section 4: lines of AUTH have up to 12288 octets, other lines not
connect 1 pop3
1= +OK *
repeat 1 1- AUTH PLAIN 
repeat 2900 1- AAAA
1: 
1= -ERR *
1: AUTH PLAIN
1= + 
repeat 3200 1- AAAA
1= -ERR *
1!
