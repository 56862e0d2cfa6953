# RFC 5321 section 4.1.1.10: QUIT is answered, then the server closes; an open transaction is forgotten
connect 1 smtp
1= 220 *
1: QUIT now
1= 501 5.5.4 *
1: EHLO client.example
1* 250 *
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1: QUIT
1= 221 2.0.0 *
1!
logon 2 pop3
2: STAT
2= +OK 0 0
# what stands behind QUIT is not answered
connect 3 smtp
3= 220 *
3- QUIT\r\nNOOP\r\n
3= 221 2.0.0 *
3!
