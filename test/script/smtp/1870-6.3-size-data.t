# RFC 1870 sections 6.1 and 6.3: a message larger than it said, or larger than is taken, is refused at its end
# server: small
connect 1 smtp
1= 220 *
1: EHLO client.example
1* 250 SIZE 65536
1: MAIL FROM:<a@example.net> SIZE=70000
1= 552 5.3.4 *
1: MAIL FROM:<a@example.net> SIZE=10
1= 250 2.1.0 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1: DATA
1= 354 *
1: Subject: big
1:
repeat 700 1: 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789
1: .
1= 552 5.3.4 *
# RFC 3030: the same in chunks; what follows the fault belongs to nothing
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1: BDAT 70000
repeat 70000 1- x
1= 552 5.3.4 *
1- BDAT 3 LAST\r\nabc
1= 503 5.5.1 *
1: QUIT
1= 221 2.0.0 *
