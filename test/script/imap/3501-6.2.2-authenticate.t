# RFC 3501 section 6.2.2 and RFC 4959 section 3 (SASL-IR): AUTHENTICATE
connect 1 imap
1= * OK *
1: a AUTHENTICATE
1= a BAD *
1: b AUTHENTICATE CRAM-MD5
1= b NO [CANNOT] *   ## ERR_MECHANISM
1: c AUTHENTICATE PLAIN
1= + 
1: *
1= c BAD *   ## ERR_CANCELLED
1: d AUTHENTICATE PLAIN
1= + 
1: !!!!
1= d BAD *   ## ERR_BASE64
1: e AUTHENTICATE PLAIN
1= + 
1: {b64:\0$user\0wrong}
1= e NO [AUTHENTICATIONFAILED] *   ## ERR_AUTH
# not yet
1: f SELECT INBOX
1= f BAD *   ## ERR_SEQUENCE
1: g AUTHENTICATE PLAIN {b64:\0$user\0$password}
1= g OK [CAPABILITY *] *
1: h AUTHENTICATE PLAIN
1= h BAD *
1: i LOGOUT
1* i OK *
connect 2 imap
2= * OK *
2: a authenticate login
2= + {b64:Username:}
2: {b64:$user}
2= + {b64:Password:}
2: {b64:$password}
2= a OK *
2: b LOGOUT
2* b OK *
connect 3 imaps
3= * OK *
3: a AUTHENTICATE PLAIN
3= + 
3: {b64:\0$user\0$password}
3= a OK *
3: b LOGOUT
3* b OK *
3!
