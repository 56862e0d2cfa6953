# RFC 2033 section 4.3 and RFC 3030 section 2: one reply to a chunk, one for each recipient to the last, none where there is none
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
1- BDAT 14\r\nSubject: two\r\n
1= 250 2.0.0 *
1- BDAT 6 LAST\r\n\r\n.\r\nx
1= 250 2.0.0 *
1= 250 2.0.0 *
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: RCPT TO:<nobody-of-that-name@example.org>
1= 550 5.1.1 *
1- BDAT 6 LAST\r\nabcd\r\nNOOP\r\n
1= 250 2.0.0 done
1- BDAT 4\r\nab\r\nNOOP\r\n
1= 503 5.5.1 *
1= 250 2.0.0 done
1: QUIT
1= 221 2.0.0 *
1!
