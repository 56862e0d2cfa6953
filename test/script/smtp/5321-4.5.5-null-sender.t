# RFC 5321 section 4.5.5: reports come from the null path; section 4.4: Return-Path shows it
connect 1 smtp
1= 220 *
1: EHLO client.example
1* 250 *
1: MAIL FROM:<>
1= 250 2.1.0 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1: DATA
1= 354 *
1: Subject: a report
1:
1: .
1= 250 2.0.0 *
1: QUIT
1= 221 2.0.0 *
1!
logon 2 pop3
2: RETR 1
2= +OK *
2= Return-Path: <>
2= Received: from client.example *
2* .
