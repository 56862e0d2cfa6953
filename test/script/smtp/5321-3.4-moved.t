# RFC 5321 section 3.4, RFC 3463 section 3.2, RFC 4954 section 4: a mailbox that is on another server
another gone
bourse mailbox set $gone_box --moved-to mail2.example.org
connect 1 smtp
1= 220 *
1: EHLO client.example
1* 250 *
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: RCPT TO:<$gone_address>
1= 551 5.1.6 *   ## ERR_RCPTMOVED
1: RCPT TO:<$address>
1= 250 2.1.5 *
bourse mailbox set $gone_box --moved-to=
1: RCPT TO:<$gone_address>
1= 250 2.1.5 *
1: QUIT
1= 221 2.0.0 *
1!
bourse mailbox set $gone_box --moved-to mail2.example.org
connect 2 submission
2= 220 *
2: EHLO client.example
2* 250 *
2: AUTH PLAIN {b64:\0$gone\0$password}
2= 535 5.7.13 *is on mail2.example.org now   ## ERR_MOVED
