# RFC 5321 section 4.1.1.3, RFC 3463 section 3.3: a mailbox that takes no mail
another off
bourse mailbox set $off_box --disabled
connect 1 smtp
1= 220 *
1: EHLO client.example
1* 250 *
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: RCPT TO:<$off_address>
1= 550 5.2.1 *   ## ERR_BOXOFF
1: RCPT TO:<$address>
1= 250 2.1.5 *
bourse mailbox set $off_box --no-disabled
1: RCPT TO:<$off_address>
1= 250 2.1.5 *
1: QUIT
1= 221 2.0.0 *
1!
