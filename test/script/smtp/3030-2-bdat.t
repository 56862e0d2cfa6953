# RFC 3030 section 2: BDAT in chunks, the last one marked; a chunk's octets are counted, not looked at
connect 1 smtp
1= 220 *
1: EHLO client.example
1? 250-CHUNKING
1* 250 *
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1- BDAT 14\r\nSubject: two\r\n
1= 250 2.0.0 *
1- BDAT 11\r\n\r\nfirst\r\nse
1= 250 2.0.0 *
1- bdat 9 last\r\ncond\r\n.\r\n
1= 250 2.0.0 *
# a last chunk without octets
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1- BDAT 16\r\nSubject: last\r\n\r
1= 250 2.0.0 *
1- BDAT 1\r\n\n
1= 250 2.0.0 *
1: BDAT 0 LAST
1= 250 2.0.0 *
# chunks may be pipelined (section 4.2)
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1- BDAT 17\r\nSubject: pipe\r\n\r\nBDAT 6\r\nRSET\r\nBDAT 3 LAST\r\nx\r\nNOOP\r\n
1= 250 2.0.0 *
1= 250 2.0.0 *
1= 250 2.0.0 *
1= 250 2.0.0 *
1: QUIT
1= 221 2.0.0 *
1!
logon 2 pop3
2: STAT
2= +OK 3 *
2: TOP 1 9
2= +OK *
2? Subject: two
2= 
2= first
2= second
2= ..
2= .
2: TOP 3 9
2= +OK *
2? Subject: pipe
2= 
2= RSET
2= x
2= .
