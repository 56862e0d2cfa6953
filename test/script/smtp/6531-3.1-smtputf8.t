# RFC 6531 sections 3.1 to 3.5: SMTPUTF8 and addresses beyond ASCII
connect 1 smtp
1= 220 *
1: EHLO client.example
1? 250-SMTPUTF8
1* 250 *
# section 3.5 and 3.6: without the parameter such addresses are refused
1: MAIL FROM:<jörg@example.net>
1= 553 5.6.7 *   ## ERR_NEEDUTF8
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: RCPT TO:<jörg@example.org>
1= 553 5.6.7 *
1: RSET
1= 250 2.0.0 *
1: MAIL FROM:<a@example.net> SMTPUTF8=yes
1= 501 5.5.4 *
1: MAIL FROM:<jörg@bücher.example> SMTPUTF8 BODY=8BITMIME
1= 250 2.1.0 *
1: RCPT TO:<jörg@example.org>
1= 550 5.1.1 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1: RCPT TO:<用户@例子.example>
1= 550 5.7.1 *
# broken and overlong UTF-8
1- RCPT TO:<j\xf6rg@example.org>\r\n
1= 501 5.5.4 *
1- RCPT TO:<\xc0\xafrg@example.org>\r\n
1= 501 5.5.4 *
1- RCPT TO:<\xed\xa0\x80@example.org>\r\n
1= 501 5.5.4 *
1: DATA
1= 354 *
1: Subject: Grüße
1:
1: .
1= 250 2.0.0 *
1: QUIT
1= 221 2.0.0 *
1!
# section 3.7.3: the trace field says UTF8SMTP, and Return-Path is UTF-8
logon 2 pop3
2: RETR 1
2= +OK *
2= Return-Path: <jörg@bücher.example>
2= Received: *
2= \tby * with UTF8SMTP
2? Subject: Grüße
2* .
