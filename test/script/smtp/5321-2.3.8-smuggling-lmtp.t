# RFC 5321 section 2.3.8: bare line ends do not end a message in LMTP either; each recipient's reply says so
another second
connect 1 lmtp
1= 220 *
1: LHLO client.example
1* 250 *
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1: RCPT TO:<$second_address>
1= 250 2.1.5 *
1: DATA
1= 354 *
1- Subject: a\r\n\r\nx\n.\nMAIL FROM:<b@example.net>\n.\r\r\n.\r\n
1= 554 5.6.0 *
1= 554 5.6.0 *
1!
connect 2 lmtp
2= 220 *
2: LHLO client.example
2* 250 *
2: MAIL FROM:<a@example.net>
2= 250 2.1.0 *
2: RCPT TO:<$address>
2= 250 2.1.5 *
2- BDAT 19 LAST\r\nSubject: a\n\nb\n.\nc\n\n
2= 554 5.6.0 *
2!
logon p pop3
p: STAT
p= +OK 0 0
