# RFC 5321 sections 7.8 and 4.2.1: whoever sends nothing that makes sense is sent away
connect 1 smtp
1= 220 *
repeat 10 1: GET / HTTP/1.1
1? 421 4.7.0 *   ## ERR_JUNK
1!
