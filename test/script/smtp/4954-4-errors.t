# RFC 4954 sections 4 and 6: what goes wrong in AUTH leaves the session usable
connect 1 submission
1= 220 *
1: EHLO client.example
1* 250 *
1: AUTH
1= 501 5.5.4 *
1: AUTH CRAM-MD5
1= 504 5.5.4 *   ## ERR_MECHANISM
# section 4: "*" cancels
1: AUTH PLAIN
1= 334 
1: *
1= 501 5.7.0 *   ## ERR_CANCELLED
# not base64
1: AUTH PLAIN !!!!
1= 501 5.5.2 *   ## ERR_BASE64
1: AUTH PLAIN
1= 334 
1: AAA
1= 501 5.5.2 *
# wrong password, unknown user: one answer
1: AUTH PLAIN {b64:\0$user\0wrong}
1= 535 5.7.8 $text*   ## ERR_AUTH
1: AUTH PLAIN {b64:\0DOM\nobody\0wrong}
1= 535 5.7.8 $text*
1: MAIL FROM:<$address>
1= 530 5.7.0 *
1: QUIT
1= 221 2.0.0 *
1!
