# RFC 5321 section 4.4: Return-Path and Received in front, what was there before left as it was; RFC 3848: ESMTP
data Received: from somewhere.example by relay.example; Thu, 1 Jan 1998 00:00:00 +0000
connect 1 smtp
1= 220 $host ESMTP *
1: EHLO [192.0.2.7]
1* 250 *
1: MAIL FROM:<"a b"@example.net>
1= 250 2.1.0 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1: DATA
1= 354 *
1: Return-Path: <old@example.net>
1: $data
1: Subject: trace
1:
1: text
1: .
1= 250 2.0.0 *
1: QUIT
1= 221 2.0.0 *
1!
logon 2 pop3
2: RETR 1
2= +OK *
2= Return-Path: <"a b"@example.net>
2= Received: from [192.0.2.7] (*127.0.0.1*
2= \tby $host with ESMTP
2= \tid *; * +0000
2= Return-Path: <old@example.net>
2= $data
2= Subject: trace
2= 
2= text
2= .
