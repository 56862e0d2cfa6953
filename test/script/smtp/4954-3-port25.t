# RFC 4954 section 3: AUTH is not offered between servers, so it is not known there, inside TLS neither
connect 1 smtp
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
1= 500 5.5.1 *
1: QUIT
1= 221 2.0.0 *
