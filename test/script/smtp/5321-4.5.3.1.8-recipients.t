# RFC 5321 sections 4.5.3.1.8 and 4.5.3.1.10: 100 recipients at least; more than the limit is 452 for those beyond
# server: small
connect 1 smtp
1= 220 *
1: EHLO client.example
1* 250 *
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
repeat 100 1: RCPT TO:<$address>
1: RCPT TO:<$address>
1? 452 4.5.3 *   ## ERR_TOOMANYRCPT
1: DATA
1= 354 *
1: .
1= 250 2.0.0 *
1: QUIT
1= 221 2.0.0 *
