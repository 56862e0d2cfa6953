# RFC 5321 sections 4.1.1.6, 3.5.3 and 7.3: VRFY tells nobody whether an address exists
connect 1 smtp
1= 220 *
1: EHLO client.example
1* 250 *
1: VRFY
1= 501 5.5.4 *
1: VRFY $address
1= 252 2.1.5 $text*
1: VRFY nobody@example.org
1= 252 2.1.5 *
1: VRFY somebody@example.com
1= 252 2.1.5 *
# it does not touch the transaction
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: VRFY $address
1= 252 2.1.5 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1: QUIT
1= 221 2.0.0 *
1!
# RFC 6409 section 4.3: on the submission port only those who have logged on may ask
connect 2 submission
2= 220 *
2: EHLO client.example
2* 250 *
2: VRFY $address
2= 530 5.7.0 *   ## ERR_NEEDAUTH
2: QUIT
2= 221 2.0.0 *
