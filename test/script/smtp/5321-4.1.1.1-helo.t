# RFC 5321 section 4.1.1.1: HELO is answered with one line, and mail can be sent after it
connect 1 smtp
1= 220 $host ESMTP *
1: HELO
1= 501 5.5.4 *
1: HELO client.example
1= 250 $host*
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1: DATA
1= 354 *
1: Subject: by HELO
1:
1: text
1: .
1= 250 2.0.0 *
1: QUIT
1= 221 2.0.0 *
1!
# section 4.4: the trace field says how it came (RFC 3848: without extensions it is SMTP)
logon 2 pop3
2: RETR 1
2= +OK *
2= Return-Path: <a@example.net>
2= Received: from client.example (*127.0.0.1*
2= \tby * with SMTP
2? Subject: by HELO
2* .
