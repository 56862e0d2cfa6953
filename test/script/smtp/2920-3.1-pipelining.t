# RFC 2920 section 3.1: a whole transaction in one piece; answers in order
connect 1 smtp
1= 220 *
1: EHLO client.example
1? 250-PIPELINING
1* 250 *
1- RSET\r\nMAIL FROM:<a@example.net>\r\nRCPT TO:<$address>\r\nRCPT TO:<nobody@example.org>\r\nDATA\r\n
1= 250 2.0.0 *
1= 250 2.1.0 *
1= 250 2.1.5 *
1= 550 5.1.1 *
1= 354 *
# the next transaction may stand behind the end of the message
1- Subject: one\r\n\r\n.\r\nMAIL FROM:<a@example.net>\r\nRCPT TO:<$address>\r\nDATA\r\n
1= 250 2.0.0 *
1= 250 2.1.0 *
1= 250 2.1.5 *
1= 354 *
1- Subject: two\r\n\r\n.\r\nQUIT\r\n
1= 250 2.0.0 *
1= 221 2.0.0 *
1!
# no recipient: DATA is refused, and what the client sent ahead as a message is not there to be obeyed
connect 2 smtp
2= 220 *
2: EHLO client.example
2* 250 *
2- MAIL FROM:<a@example.net>\r\nRCPT TO:<nobody@example.org>\r\nDATA\r\n
2= 250 2.1.0 *
2= 550 5.1.1 *
2= 503 5.5.1 *
2: QUIT
2= 221 2.0.0 *
logon 3 pop3
3: STAT
3= +OK 2 *
