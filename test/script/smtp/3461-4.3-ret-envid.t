# RFC 3461 sections 4.3 and 4.4: RET and ENVID once, RET with one of two words, ENVID of 100 octets at most
connect 1 smtp
1= 220 *
1: EHLO client.example
1* 250 *
1: MAIL FROM:<a@example.net> RET=FULL
1= 250 2.1.0 *
1: RSET
1= 250 2.0.0 *
1: MAIL FROM:<a@example.net> RET=FULL RET=HDRS
1= 501 5.5.4 *
1: MAIL FROM:<a@example.net> RET=SOME
1= 504 5.5.4 *
1: MAIL FROM:<a@example.net> ENVID=a ENVID=b
1= 501 5.5.4 *
1: MAIL FROM:<a@example.net> ENVID=
1= 501 5.5.4 *
1: MAIL FROM:<a@example.net> ENVID=01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890
1= 501 5.5.4 *
1: MAIL FROM:<a@example.net> NOTIFY=NEVER
1= 555 5.5.4 *
1: MAIL FROM:<a@example.net> XYZZY
1= 555 5.5.4 *
1: QUIT
1= 221 2.0.0 *
