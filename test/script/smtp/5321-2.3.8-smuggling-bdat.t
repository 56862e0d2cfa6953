# RFC 5321 section 2.3.8 and RFC 3030 section 2: bare line ends and NUL inside BDAT (A1)
connect 1 smtp
1= 220 *
1: EHLO client.example
1* 250 *
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1- BDAT 19 LAST\r\nSubject: a\n\nb\n.\nc\n\n
1= 554 5.6.0 *
1!
connect 2 smtp
2= 220 *
2: EHLO client.example
2* 250 *
2: MAIL FROM:<a@example.net>
2= 250 2.1.0 *
2: RCPT TO:<$address>
2= 250 2.1.5 *
2- BDAT 6 LAST\r\na\0b\r\r\n
2= 554 5.6.0 *
2!
# a line of one dot is no end here, and needs no second dot
connect 3 smtp
3= 220 *
3: EHLO client.example
3* 250 *
3: MAIL FROM:<a@example.net>
3= 250 2.1.0 *
3: RCPT TO:<$address>
3= 250 2.1.5 *
3- BDAT 27 LAST\r\nSubject: dot\r\n\r\n.\r\nRSET\r\n\r\n
3= 250 2.0.0 *
3: QUIT
3= 221 2.0.0 *
3!
logon p pop3
p: STAT
p= +OK 1 *
p: RETR 1
p= +OK *
p? Subject: dot
p= 
p= ..
p= RSET
p= 
p= .
