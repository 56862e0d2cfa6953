# RFC 3030 section 2: a size that is none leaves no way to know where the next command begins (A3)
connect 1 smtp
1= 220 *
1: EHLO client.example
1* 250 *
1: BDAT 99999999999999999999 LAST
1= 501 5.5.4 *
1!
connect 2 smtp
2= 220 *
2: EHLO client.example
2* 250 *
2: BDAT -1
2= 501 5.5.4 *
2!
connect 3 smtp
3= 220 *
3: EHLO client.example
3* 250 *
3: BDAT
3= 501 5.5.4 *
3!
connect 4 smtp
4= 220 *
4: EHLO client.example
4* 250 *
4: BDAT 5 FIRST
4= 501 5.5.4 *
4!
# many empty chunks
connect 5 smtp
5= 220 *
5: EHLO client.example
5* 250 *
5: MAIL FROM:<a@example.net>
5= 250 2.1.0 *
5: RCPT TO:<$address>
5= 250 2.1.5 *
repeat 1000 5: BDAT 0
5: BDAT 0 LAST
5* 250 2.0.0 accepted *
5: QUIT
5= 221 2.0.0 *
5!
