# RFC 5321 section 4.1.4: EHLO and HELO in the midst of a transaction do what RSET does
connect 1 smtp
1= 220 *
1: EHLO client.example
1* 250 *
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1: EHLO client.example
1* 250 *
1: RCPT TO:<$address>
1= 503 5.5.1 *
1: DATA
1= 503 5.5.1 *
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: HELO client.example
1= 250 *
1: RCPT TO:<$address>
1= 503 5.5.1 *
# an EHLO that is refused changes nothing
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: EHLO
1= 501 5.5.4 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1: QUIT
1= 221 2.0.0 *
1!
