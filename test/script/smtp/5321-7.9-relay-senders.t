# RFC 5321 section 7.9: no sender makes a stranger one of ours, nor does any command of a proxy (A9)
connect 1 smtp
1= 220 *
1: EHLO example.org
1* 250 *
1: MAIL FROM:<>
1= 250 2.1.0 *
1: RCPT TO:<u@example.com>
1= 550 5.7.1 *
1: RSET
1= 250 2.0.0 *
1: MAIL FROM:<$address>
1= 250 2.1.0 *
1: RCPT TO:<u@example.com>
1= 550 5.7.1 *
1: RSET
1= 250 2.0.0 *
1: MAIL FROM:<root@example.org>
1= 250 2.1.0 *
1: RCPT TO:<u@example.com>
1= 550 5.7.1 *
1: RSET
1= 250 2.0.0 *
1: MAIL FROM:<u@example.com> AUTH=$address
1= 250 2.1.0 *
1: RCPT TO:<u@example.com>
1= 550 5.7.1 *
1: XCLIENT ADDR=127.0.0.1
1= 500 5.5.1 *
1: XFORWARD ADDR=127.0.0.1
1= 500 5.5.1 *
1: PROXY TCP4 127.0.0.1 127.0.0.1 1 25
1= 500 5.5.1 *
1: QUIT
1= 221 2.0.0 *
1!
