# RFC 5321 section 4.1.1.5: RSET forgets the transaction, not the greeting; it is allowed at any time
connect 1 smtp
1= 220 *
1: RSET
1= 250 2.0.0 *
1: RSET now
1= 501 5.5.4 *
1: EHLO client.example
1* 250 *
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1: rset
1= 250 2.0.0 *
1: RCPT TO:<$address>
1= 503 5.5.1 *
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: QUIT
1= 221 2.0.0 *
1!
