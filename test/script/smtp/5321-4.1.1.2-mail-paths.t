# RFC 5321 sections 4.1.1.2 and 4.1.2: paths that are none
connect 1 smtp
1= 220 *
1: EHLO client.example
1* 250 *
1: MAIL FROM:<a b@example.net>
1= 501 5.1.3 *
1: MAIL FROM:<a..b@example.net>
1= 501 5.1.3 *
1: MAIL FROM:<.a@example.net>
1= 501 5.1.3 *
1: MAIL FROM:<a@-example.net>
1= 501 5.1.3 *
1: MAIL FROM:<a@[256.1.1.1]>
1= 501 5.1.3 *
1: MAIL FROM:<a@[IPv6:1::2::3]>
1= 501 5.1.3 *
# section 4.5.3.1.3: a path has at most 256 octets
data xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
1: MAIL FROM:<a@$data.$data.example.net>
1= 501 5.1.3 *
# but one may use the whole of 64 octets of a local part (4.5.3.1.1)
1: MAIL FROM:<0123456789012345678901234567890123456789012345678901234567890123@example.net>
1= 250 2.1.0 *
1: QUIT
1= 221 2.0.0 *
1!
