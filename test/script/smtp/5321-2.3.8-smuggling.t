# RFC 5321 section 2.3.8: CRLF and nothing else ends a line; a second message inside a first is never taken (A1)
data MAIL FROM:<s@example.net>\r\nRCPT TO:<$address>\r\nDATA\r\nSubject: smuggled\r\n\r\n.\r\n
# between the two: \n.\n
connect 1 smtp
1= 220 *
1: EHLO client.example
1* 250 *
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1: DATA
1= 354 *
1/ Subject: first\r\n\r\ntext\n.\n$data
1= 554 5.6.0 *   ## ERR_BARELINEEND
1!
# between the two: \n.\r
connect 2 smtp
2= 220 *
2: EHLO client.example
2* 250 *
2: MAIL FROM:<a@example.net>
2= 250 2.1.0 *
2: RCPT TO:<$address>
2= 250 2.1.5 *
2: DATA
2= 354 *
2/ Subject: first\r\n\r\ntext\n.\r$data
2= 554 5.6.0 *
2!
# between the two: \r.\n
connect 3 smtp
3= 220 *
3: EHLO client.example
3* 250 *
3: MAIL FROM:<a@example.net>
3= 250 2.1.0 *
3: RCPT TO:<$address>
3= 250 2.1.5 *
3: DATA
3= 354 *
3/ Subject: first\r\n\r\ntext\r.\n$data
3= 554 5.6.0 *
3!
# between the two: \r.\r
connect 4 smtp
4= 220 *
4: EHLO client.example
4* 250 *
4: MAIL FROM:<a@example.net>
4= 250 2.1.0 *
4: RCPT TO:<$address>
4= 250 2.1.5 *
4: DATA
4= 354 *
4/ Subject: first\r\n\r\ntext\r.\r$data
4= 554 5.6.0 *
4!
# between the two: \n.\r\n
connect 5 smtp
5= 220 *
5: EHLO client.example
5* 250 *
5: MAIL FROM:<a@example.net>
5= 250 2.1.0 *
5: RCPT TO:<$address>
5= 250 2.1.5 *
5: DATA
5= 354 *
5/ Subject: first\r\n\r\ntext\n.\r\n$data
5= 554 5.6.0 *
5!
# between the two: \r.\r\n
connect 6 smtp
6= 220 *
6: EHLO client.example
6* 250 *
6: MAIL FROM:<a@example.net>
6= 250 2.1.0 *
6: RCPT TO:<$address>
6= 250 2.1.5 *
6: DATA
6= 354 *
6/ Subject: first\r\n\r\ntext\r.\r\n$data
6= 554 5.6.0 *
6!
# between the two: \r\n.\n
connect 7 smtp
7= 220 *
7: EHLO client.example
7* 250 *
7: MAIL FROM:<a@example.net>
7= 250 2.1.0 *
7: RCPT TO:<$address>
7= 250 2.1.5 *
7: DATA
7= 354 *
7/ Subject: first\r\n\r\ntext\r\n.\n$data
7= 554 5.6.0 *
7!
# between the two: \r\n.\r
connect 8 smtp
8= 220 *
8: EHLO client.example
8* 250 *
8: MAIL FROM:<a@example.net>
8= 250 2.1.0 *
8: RCPT TO:<$address>
8= 250 2.1.5 *
8: DATA
8= 354 *
8/ Subject: first\r\n\r\ntext\r\n.\r$data
8= 554 5.6.0 *
8!
# between the two: \r\n.\r\r\n
connect 9 smtp
9= 220 *
9: EHLO client.example
9* 250 *
9: MAIL FROM:<a@example.net>
9= 250 2.1.0 *
9: RCPT TO:<$address>
9= 250 2.1.5 *
9: DATA
9= 354 *
9/ Subject: first\r\n\r\ntext\r\n.\r\r\n$data
9= 554 5.6.0 *
9!
# between the two: \r\r\n.\r\r\n
connect 10 smtp
10= 220 *
10: EHLO client.example
10* 250 *
10: MAIL FROM:<a@example.net>
10= 250 2.1.0 *
10: RCPT TO:<$address>
10= 250 2.1.5 *
10: DATA
10= 354 *
10/ Subject: first\r\n\r\ntext\r\r\n.\r\r\n$data
10= 554 5.6.0 *
10!
# between the two: \r\n\0.\r\n
connect 11 smtp
11= 220 *
11: EHLO client.example
11* 250 *
11: MAIL FROM:<a@example.net>
11= 250 2.1.0 *
11: RCPT TO:<$address>
11= 250 2.1.5 *
11: DATA
11= 354 *
11/ Subject: first\r\n\r\ntext\r\n\0.\r\n$data
11= 554 5.6.0 *
11!
# between the two: \r\n.\0\r\n
connect 12 smtp
12= 220 *
12: EHLO client.example
12* 250 *
12: MAIL FROM:<a@example.net>
12= 250 2.1.0 *
12: RCPT TO:<$address>
12= 250 2.1.5 *
12: DATA
12= 354 *
12/ Subject: first\r\n\r\ntext\r\n.\0\r\n$data
12= 554 5.6.0 *
12!
# nothing came of any of them
logon p pop3
p: STAT
p= +OK 0 0
