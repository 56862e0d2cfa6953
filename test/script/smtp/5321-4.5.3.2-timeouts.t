# RFC 5321 sections 3.8 and 4.5.3.2.7: whoever says nothing is told 421 and left
# server: small
connect 1 smtp
1= 220 *
1: EHLO client.example
1* 250 *
1= 421 4.4.2 *   ## ERR_TIMEOUT
1!
