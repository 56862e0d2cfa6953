# RFC 5321 section 4.5.2: any line passes through DATA and out of POP3 unchanged; one octet at a time
connect 1 smtp
1= 220 *
1/ EHLO client.example\r\n
1* 250 *
1/ MAIL FROM:<a@example.net>\r\n
1= 250 2.1.0 *
1/ RCPT TO:<$address>\r\n
1= 250 2.1.5 *
1/ DATA\r\n
1= 354 *
1/ Subject: octets\r\n\r\n..\r\n..\r\n.. \r\n...\r\ntext\r\n\t\r\n\r\n.\r\n
1= 250 2.0.0 *
1/ QUIT\r\n
1= 221 2.0.0 *
1!
logon 2 pop3
2: RETR 1
2= +OK *
2? Subject: octets
2= 
2= ..
2= ..
2= .. 
2= ...
2= text
2= \t
2= 
2= .
