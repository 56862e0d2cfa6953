# RFC 3207 section 6: plaintext behind STARTTLS is never obeyed (B1)
connect 1 smtp
1= 220 *
1: EHLO client.example
1* 250 *
1- STARTTLS\r\nEHLO inj\r\n
1!
connect 2 submission
2= 220 *
2: EHLO client.example
2* 250 *
2- STARTTLS\r\nNOOP\r\n
2!
# half a line
connect 3 smtp
3= 220 *
3: EHLO client.example
3* 250 *
3- STARTTLS\r\nN
3!
# sent after the go-ahead, it is a broken handshake
connect 4 smtp
4= 220 *
4: EHLO client.example
4* 250 *
4: STARTTLS
4= 220 2.0.0 *
4- EHLO inj\r\nEHLO inj\r\n
4!
