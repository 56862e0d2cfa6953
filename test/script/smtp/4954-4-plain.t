# RFC 4954 sections 3 and 4, RFC 4616: AUTH PLAIN, with and without an initial response
connect 1 submission
1= 220 *
1: AUTH PLAIN {b64:\0$user\0$password}
1= 503 5.5.1 *
1: EHLO client.example
1? 250-AUTH * PLAIN*
1* 250 *
1: MAIL FROM:<$address>
1= 530 5.7.0 *
1: RCPT TO:<$address>
1= 530 5.7.0 *
1: DATA
1= 530 5.7.0 *
1: AUTH PLAIN {b64:\0$user\0$password}
1= 235 2.7.0 *
# section 4: no second AUTH, and none is announced
1: AUTH PLAIN {b64:\0$user\0$password}
1= 503 5.5.1 *
1: EHLO client.example
1= 250-*
1= 250-PIPELINING
1= 250-8BITMIME
1= 250-SMTPUTF8
1= 250-ENHANCEDSTATUSCODES
1= 250-CHUNKING
1= 250-DSN
1= 250-STARTTLS
1= 250 SIZE *
1: MAIL FROM:<$address>
1= 250 2.1.0 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1: DATA
1= 354 *
1: Subject: submitted
1:
1: .
1= 250 2.0.0 *
1: QUIT
1= 221 2.0.0 *
1!
# in two steps: the challenge is empty
connect 2 submissions
2= 220 *
2: EHLO client.example
2* 250 *
2: auth plain
2= 334 
2: {b64:\0$user\0$password}
2= 235 2.7.0 *
2: QUIT
2= 221 2.0.0 *
2!
# RFC 3848: ESMTPA
logon 3 pop3
3: RETR 1
3= +OK *
3= Return-Path: <$address>
3= Received: *
3= \tby * with ESMTPA
3* .
