# RFC 5321 sections 3.1 and 4.2.1: too many connections from one address are told 421
# server: small
connect 1 submission
1= 220 *
connect 2 submission
2= 220 *
connect 3 submission
3= 220 *
connect 4 submission
4= 421 4.3.2 *   ## ERR_CROWDED
4!
# one that goes makes room, and so does one that logs on
1: QUIT
1= 221 2.0.0 *
1!
connect 5 submission
5= 220 *
2: QUIT
2= 221 2.0.0 *
3: QUIT
3= 221 2.0.0 *
5: QUIT
5= 221 2.0.0 *
