# RFC 5321 section 4.5.3.2.5: a message that does not come is given up
# server: small
connect 1 smtp
1= 220 *
1: EHLO client.example
1* 250 *
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1: DATA
1= 354 *
1: Subject: slow
1= 421 4.4.2 *   ## ERR_TOOSLOW
1!
