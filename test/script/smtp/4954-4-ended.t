# RFC 4954 section 4: a logon that has ended sends nothing more
connect 1 submission
1= 220 *
1: EHLO client.example
1* 250 *
1: AUTH PLAIN {b64:\0$user\0$password}
1= 235 *
1: MAIL FROM:<$address>
1= 250 *
1: RSET
1= 250 *
bourse account password $user --password-stdin < another horse battery
1: MAIL FROM:<$address>
1= 421 4.7.0 *   ## ERR_ENDED
1!
connect 2 submission
2= 220 *
2: EHLO client.example
2* 250 *
2: AUTH PLAIN {b64:\0$user\0$password}
2= 535 5.7.8 *
2: AUTH PLAIN {b64:\0$user\0another horse battery}
2= 235 *
2: MAIL FROM:<$address>
2= 250 *
2: RSET
2= 250 *
bourse account set $user --disabled
2: MAIL FROM:<$address>
2= 421 4.7.0 this account is disabled
2!
