# RFC 2033 section 4.1: LHLO instead of HELO and EHLO, and no LHLO outside LMTP; section 5: what must be offered
connect 1 lmtp
1= 220 * LMTP *
1: EHLO client.example
1= 500 5.5.1 *
1: HELO client.example
1= 500 5.5.1 *
1: MAIL FROM:<a@example.net>
1= 503 5.5.1 *
1: LHLO client.example
1& 250-PIPELINING
1& 250-8BITMIME
1& 250-SMTPUTF8
1& 250-ENHANCEDSTATUSCODES
1& 250-CHUNKING
1& 250-STARTTLS
1& 250-*
1& 250 SIZE *
# what is not offered is not taken
1: MAIL FROM:<a@example.net> RET=FULL
1= 555 5.5.4 *
1: MAIL FROM:<a@example.net> SIZE=100 BODY=8BITMIME SMTPUTF8
1= 250 2.1.0 *
1: RCPT TO:<$address> NOTIFY=NEVER
1= 555 5.5.4 *
1: AUTH PLAIN
1= 503 5.5.1 *
1: HELP
1= 214 2.0.0 * LHLO *
1: QUIT
1= 221 2.0.0 *
1!
connect 2 smtp
2= 220 * ESMTP *
2: LHLO client.example
2= 500 5.5.1 *
2: QUIT
2= 221 2.0.0 *
