# RFC 5321 section 4.5.3.1.6: lines of 1000 octets must be taken; longer ones are, too, as they stand
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
1: Subject: long lines
1:
repeat 998 1- x
1:
repeat 200000 1- y
1:
1: .
1= 250 2.0.0 *
1: QUIT
1= 221 2.0.0 *
1!
logon 2 pop3
2: RETR 1
2= +OK *
2? xxxxxxxxxx*
2= yyyyyyyyyy*
2= .
