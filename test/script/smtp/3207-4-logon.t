# RFC 3207 section 4.2: a logon before STARTTLS is forgotten
logon 1 submission
1: STARTTLS
1= 220 2.0.0 *
1~
1: EHLO client.example
1? 250-AUTH *
1* 250 *
1: MAIL FROM:<$address>
1= 530 5.7.0 *
1: AUTH PLAIN {b64:\0$user\0$password}
1= 235 2.7.0 *
1: MAIL FROM:<$address>
1= 250 2.1.0 *
1: QUIT
1= 221 2.0.0 *
