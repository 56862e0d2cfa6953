# RFC 1870 sections 3 and 6: SIZE is announced and a size declared too large is refused at MAIL
connect 1 smtp
1= 220 *
1: EHLO client.example
1* 250 SIZE $size
1: MAIL FROM:<a@example.net> SIZE=1000
1= 250 2.1.0 *
1: RSET
1= 250 2.0.0 *
1: MAIL FROM:<a@example.net> SIZE=$size
1= 250 2.1.0 *
1: RSET
1= 250 2.0.0 *
1: MAIL FROM:<a@example.net> SIZE=99999999999999999999
1= 552 5.3.4 *   ## ERR_TOOBIG
1: MAIL FROM:<a@example.net> SIZE=$size0
1= 501 5.5.4 *
1: MAIL FROM:<a@example.net> SIZE=0
1= 250 2.1.0 *
1: RSET
1= 250 2.0.0 *
1: MAIL FROM:<a@example.net> SIZE=-1
1= 501 5.5.4 *
1: MAIL FROM:<a@example.net> SIZE=
1= 501 5.5.4 *
1: MAIL FROM:<a@example.net> SIZE=1 SIZE=1
1= 501 5.5.4 *
1: QUIT
1= 221 2.0.0 *
