# RFC 2033 section 4.2: a reply for each recipient that was accepted, in order, also where two are the same
another second
connect 1 lmtp
1= 220 *
1: LHLO client.example
1* 250 *
1: DATA
1= 503 5.5.1 *
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
# no recipient: no message
1: RCPT TO:<nobody-of-that-name@example.org>
1= 550 5.1.1 *
1: DATA
1= 503 5.5.1 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1: RCPT TO:<nobody-of-that-name@example.org>
1= 550 5.1.1 *
1: RCPT TO:<$second_address>
1= 250 2.1.5 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1: DATA
1= 354 *
1- Subject: three\r\n\r\n..dot\r\n.\r\n
1= 250 2.0.0 *
1= 250 2.0.0 *
1= 250 2.0.0 *
1_ 0.2
# all of it in one piece (RFC 2920 section 3.1)
1- MAIL FROM:<a@example.net>\r\nRCPT TO:<$address>\r\nRCPT TO:<$second_address>\r\nDATA\r\n
1= 250 2.1.0 *
1= 250 2.1.5 *
1= 250 2.1.5 *
1= 354 *
1- Subject: two\r\n\r\nx\r\n.\r\nRSET\r\n
1= 250 2.0.0 *
1= 250 2.0.0 *
1= 250 2.0.0 done
1: QUIT
1= 221 2.0.0 *
1!
logon p pop3
p: STAT
p= +OK 2 *
p: RETR 1
p= +OK *
p? Return-Path: <a@example.net>
p? *by * with LMTP
p? Subject: three
p= 
p= ..dot
p= .
logon q pop3 second
q: STAT
q= +OK 2 *
