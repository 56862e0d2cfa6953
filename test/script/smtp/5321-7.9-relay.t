# RFC 5321 sections 3.6.1, 7.9 and RFC 2505 section 2.1: no stranger sends through this server (A9)
connect 1 smtp
1= 220 *
1: EHLO client.example
1* 250 *
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: RCPT TO:<u@example.com>
1= 550 5.7.1 *   ## ERR_RELAY
1: RCPT TO:<$box%example.com@example.org>
1= 550 5.1.1 *
1: RCPT TO:<$box%example.com>
1= 501 5.1.3 *
1: RCPT TO:<"u@example.com"@example.org>
1= 550 5.1.1 *
1: RCPT TO:<"u@example.com">
1= 501 5.1.3 *
1: RCPT TO:<@example.org:u@example.com>
1= 550 5.7.1 *
1: RCPT TO:<@example.org,@example.com:u@example.net>
1= 550 5.7.1 *
1: RCPT TO:<example.com!u@example.org>
1= 550 5.1.1 *
1: RCPT TO:<u@example.com@example.org>
1= 501 5.1.3 *
1: RCPT TO:<u@[127.0.0.1]>
1= 550 5.7.1 *
1: RCPT TO:<u@[IPv6:::ffff:127.0.0.1]>
1= 550 5.7.1 *
1: RCPT TO:<$box@example.org.>
1= 501 5.1.3 *
1: RCPT TO:<u@localhost>
1= 550 5.7.1 *
1: RCPT TO:<u@sub.example.org>
1= 550 5.7.1 *
1: RCPT TO:<u@aexample.org>
1= 550 5.7.1 *
1: RCPT TO:<$box@EXAMPLE.org>
1= 250 2.1.5 *
1: RCPT TO:<@example.com:$box@example.org>
1= 250 2.1.5 *
1- RCPT TO:<$box@example.org\0.example.com>\r\n
1= 554 5.6.0 *
1!
