# RFC 4954 section 6: 454 4.7.0, too many logons of one account within a minute
# server: paced
another hasty
connect 1 submission
1= 220 *
1: EHLO client.example
1* 250 *
1: AUTH PLAIN {b64:\0$hasty\0wrong}
1= 535 5.7.8 *
1: AUTH PLAIN {b64:\0$hasty\0wrong}
1= 535 5.7.8 *
1: AUTH PLAIN {b64:\0$hasty\0wrong}
1= 535 5.7.8 *
1: AUTH PLAIN {b64:\0$hasty\0$password}
1= 454 4.7.0 *   ## ERR_LOGONPACE
1: QUIT
1= 221 2.0.0 *
