# RFC 6152 section 2: BODY=7BIT and BODY=8BITMIME; eight-bit text arrives as it was sent
connect 1 smtp
1= 220 *
1: EHLO client.example
1? 250-8BITMIME
1* 250 *
1: MAIL FROM:<a@example.net> BODY=7BIT
1= 250 2.1.0 *
1: RSET
1= 250 2.0.0 *
1: MAIL FROM:<a@example.net> BODY=9BIT
1= 504 5.5.4 *
1: MAIL FROM:<a@example.net> BODY
1= 501 5.5.4 *
1: MAIL FROM:<a@example.net> BODY=
1= 501 5.5.4 *
1: MAIL FROM:<a@example.net> body=8bitmime
1= 250 2.1.0 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1: DATA
1= 354 *
1: Subject: eight bits
1:
1- Grüße \xff\xfe\r\n
1: .
1= 250 2.0.0 *
1: QUIT
1= 221 2.0.0 *
1!
logon 2 pop3
2: TOP 1 1
2= +OK *
2? 
2= Gr*e *
2= .
