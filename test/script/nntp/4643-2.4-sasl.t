# RFC 4643 section 2.4: AUTHINFO SASL
# server: public
connect 1 nntp
1= 201 *
1: AUTHINFO SASL NOSUCH
1= 503 authentication mechanism is not offered ## ERR_MECHANISM
1: AUTHINFO SASL SCRAM-SHA-256-PLUS
1= 483 *
1: AUTHINFO SASL PLAIN !!!
1= 504 not valid base64 ## ERR_BASE64
1: AUTHINFO SASL PLAIN
1= 383 =
1: *
1= 481 cancelled by the client ## ERR_CANCELLED
1: AUTHINFO SASL PLAIN
1= 383 =
1: AAA=BBB
1= 504 *
1: AUTHINFO SASL PLAIN =
1= 48* *
1: AUTHINFO SASL PLAIN {b64:\0$user\0wrong}
1= 481 *
1: AUTHINFO SASL PLAIN
1= 383 =
1: {b64:\0$user\0$password}
1= 281 *
connect 2 nntp
2= 201 *
2- AUTHINFO SASL PLAIN {b64:\0$user\0$password}\r\nDATE\r\n
2= 281 *
2= 111 *
2: QUIT
2= 205 *
2!
connect 3 nntps
3= 201 *
3: AUTHINFO SASL LOGIN
3= 383 *
3: {b64:$user}
3= 383 *
3: {b64:$password}
3= 281 *
