# RFC 3030 section 2: BDAT out of place; the octets of a refused chunk are never commands (A3)
connect 1 smtp
1= 220 *
1- BDAT 6\r\nNOOP\r\n
1= 503 5.5.1 *
1: EHLO client.example
1* 250 *
1- BDAT 6 LAST\r\nNOOP\r\n
1= 503 5.5.1 *
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
# no recipient was accepted
1: RCPT TO:<nobody@example.org>
1= 550 5.1.1 *
1- BDAT 6 LAST\r\nQUIT\r\n
1= 503 5.5.1 *
1: NOOP
1= 250 2.0.0 *
# DATA after BDAT
1: RSET
1= 250 2.0.0 *
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1- BDAT 5\r\nhello
1= 250 2.0.0 *
1: DATA
1= 503 5.5.1 *
1: RCPT TO:<$address>
1= 503 5.5.1 *
# RSET between chunks; the chunk after it belongs to nothing
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1- BDAT 5\r\nhello
1= 250 2.0.0 *
1: RSET
1= 250 2.0.0 *
1- BDAT 5 LAST\r\nhello
1= 503 5.5.1 *
# recipients and STARTTLS between chunks
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1- BDAT 5\r\nhello
1= 250 2.0.0 *
1: RCPT TO:<$address>
1= 503 5.5.1 *
1: STARTTLS
1= 503 5.5.1 *
1: QUIT
1= 221 2.0.0 *
1!
logon 2 pop3
2: STAT
2= +OK 0 0
