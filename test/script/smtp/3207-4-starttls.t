# RFC 3207 sections 4 to 4.2: STARTTLS, and what is forgotten then
connect 1 smtp
1= 220 *
1: STARTTLS
1= 503 5.5.1 *
1: EHLO client.example
1? 250-STARTTLS
1* 250 *
1: STARTTLS now
1= 501 5.5.4 *
1: STARTTLS
1= 220 2.0.0 *
1~
# section 4.2: back to the start: EHLO again, and STARTTLS is not announced any more
1: MAIL FROM:<a@example.net>
1= 503 5.5.1 *
1: EHLO client.example
1= 250-*
1= 250-PIPELINING
1= 250-8BITMIME
1= 250-SMTPUTF8
1= 250-ENHANCEDSTATUSCODES
1= 250-CHUNKING
1= 250-DSN
1= 250 SIZE *
1: STARTTLS
1= 503 5.5.1 *
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1: DATA
1= 354 *
1: Subject: tls
1:
1: .
1= 250 2.0.0 *
1: QUIT
1= 221 2.0.0 *
1!
# RFC 3848: ESMTPS
logon 2 pop3
2: RETR 1
2= +OK *
2= Return-Path: *
2= Received: *
2= \tby * with ESMTPS
2* .
