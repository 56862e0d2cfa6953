# RFC 5321 sections 3.8 and 4.1.1.4: a connection that ends inside a message has sent none
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
1: Subject: half of it
1:
1- text\r\n.\r
1.
connect 2 smtp
2= 220 *
2: EHLO client.example
2* 250 *
2: MAIL FROM:<a@example.net>
2= 250 2.1.0 *
2: RCPT TO:<$address>
2= 250 2.1.5 *
2- BDAT 10 LAST\r\nabc
2.
wait 0.3
logon 3 pop3
3: STAT
3= +OK 0 0
