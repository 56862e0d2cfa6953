# RFC 4954 section 6, RFC 3463 section 3.8: guessing is slowed down (C1)
# server: small
connect 1 submission
1= 220 *
1: EHLO client.example
1* 250 *
1: AUTH PLAIN {b64:\0$user\0wrong}
1= 535 5.7.8 *
1: AUTH PLAIN {b64:\0$user\0wrong}
1= 535 5.7.8 *
1: AUTH PLAIN {b64:\0$user\0wrong}
1= 535 5.7.8 *
1: AUTH PLAIN {b64:\0$user\0wrong}
1= 421 4.7.0 *   ## ERR_GUESSING
1!
wait 2.5
