# RFC 2920 section 3.1: EHLO, DATA, VRFY, EXPN, NOOP, HELO, AUTH end a group; what stands behind them makes the client suspect (A5)
connect 1 smtp
1= 220 *
1- EHLO client.example\r\nMAIL FROM:<>\r\n
1= 554 5.5.0 *   ## ERR_PIPELINING
1!
connect 2 smtp
2= 220 *
2: EHLO client.example
2* 250 *
2- MAIL FROM:<a@example.net>\r\nRCPT TO:<$address>\r\nDATA\r\nSubject: ahead\r\n\r\n.\r\n
2= 250 2.1.0 *
2= 250 2.1.5 *
2= 554 5.5.0 *
2!
connect 3 smtp
3= 220 *
3- HELO client.example\r\nNOOP\r\n
3= 554 5.5.0 *
3!
logon p pop3
p: STAT
p= +OK 0 0
