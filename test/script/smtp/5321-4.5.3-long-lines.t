# RFC 5321 section 4.5.3.1.4: a command line that does not end is refused and the connection closed
connect 1 smtp
1= 220 *
1: EHLO client.example
1* 250 *
# 512 octets must be taken
repeat 1 1- NOOP 
repeat 500 1- x
1: 
1= 250 2.0.0 *
repeat 3000 1- x
1= 500 5.5.6 *   ## ERR_TOOLONG
1!
