# RFC 4954 sections 4 and 6: where passwords are taken inside TLS only, AUTH comes after STARTTLS (B3)
# server: strict
connect 1 submission
1= 220 *
1: EHLO client.example
1= 250-*
1= 250-PIPELINING
1= 250-8BITMIME
1= 250-SMTPUTF8
1= 250-ENHANCEDSTATUSCODES
1= 250-CHUNKING
1= 250-DSN
1= 250-STARTTLS
1= 250 SIZE *
1: AUTH PLAIN {b64:\0$user\0$password}
1= 538 5.7.11 *   ## ERR_NEEDTLS
1: AUTH LOGIN
1= 538 5.7.11 *
1: MAIL FROM:<$address>
1= 530 5.7.0 *
1: STARTTLS
1= 220 2.0.0 *
1~
1: EHLO client.example
1? 250-AUTH * PLAIN*
1* 250 *
1: AUTH PLAIN {b64:\0$user\0$password}
1= 235 2.7.0 *
1: MAIL FROM:<$address>
1= 250 2.1.0 *
1: QUIT
1= 221 2.0.0 *
# what was proved before TLS is not known after it (RFC 3207 section 4.2): see 3207-4-logon.t
