# RFC 4954 section 4 with RFC 4505: nobody sends mail without an account, wherever else there is anonymous access
# server: anonymous
connect 1 submissions
1= 220 *
1: EHLO client.example
1? 250-AUTH SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN
1* 250 *
1: AUTH ANONYMOUS {b64:sirhc}
1= 504 5.7.4 *   ## ERR_NAMELESS
1: AUTH PLAIN {b64:\0anonymous\0x}
1= 535 5.7.8 *
1: MAIL FROM:<guests@example.org>
1= 530 *
1: QUIT
1= 221 *
1!
