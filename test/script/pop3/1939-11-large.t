# RFC 1939 section 11: large messages and long lines arrive whole
data 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789
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
1: Subject: large
1:
repeat 20000 1: $data
repeat 1000 1: ..
1: .
1= 250 2.0.0 *
logon 2 pop3
2: RETR 1
2= +OK *
2? Subject: large
2= 
2= $data
2* .
2: TOP 1 1
2= +OK *
2? Subject: large
2= 
2= $data
2= .
2: QUIT
2= +OK *
