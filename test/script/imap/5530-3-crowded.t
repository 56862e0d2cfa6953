# RFC 3501 section 7.1.5 and RFC 5530 section 3: too many connections from one address
# server: small
connect 1 imap
1= * OK *
connect 2 imap
2= * OK *
connect 3 imap
3= * OK *
connect 4 imap
4= * BYE [LIMIT] *   ## ERR_CROWDED
4!
1: a LOGOUT
1* a OK *
2: a LOGOUT
2* a OK *
3: a LOGOUT
3* a OK *
1!
2!
3!
