# RFC 8314 section 3.3: submission inside TLS from the first octet; RFC 3848: ESMTPSA
connect 1 submissions
1= 220 *
1: EHLO client.example
1? 250-AUTH * PLAIN*
1* 250 *
1: STARTTLS
1= 503 5.5.1 *
1: AUTH PLAIN {b64:\0$user\0$password}
1= 235 2.7.0 *
1: MAIL FROM:<$address> SIZE=100
1= 250 2.1.0 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1: DATA
1= 354 *
1: Subject: in TLS
1:
1: .
1= 250 2.0.0 *
1: QUIT
1= 221 2.0.0 *
1!
logon 2 pop3
2: RETR 1
2= +OK *
2= Return-Path: <$address>
2= Received: *
2= \tby * with ESMTPSA
2* .
