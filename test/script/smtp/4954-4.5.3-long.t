# RFC 4954 section 4: AUTH lines have up to 12288 octets, and no more
connect 1 submission
1= 220 *
1: EHLO client.example
1* 250 *
repeat 1 1- AUTH PLAIN 
repeat 3000 1- AAAA
1: 
1= 501 5.5.4 *
1: AUTH PLAIN
1= 334 
repeat 3200 1- AAAA
1= 500 5.5.6 *
1!
