# RFC 5321 sections 4.2.4 and 4.2.2: what is not known is 500; section 4.1.4: TURN, SEND, SOML, SAML are gone
connect 1 smtp
1= 220 *
1: EHLO client.example
1* 250 *
1: XYZZY
1= 500 5.5.1 *   ## ERR_COMMAND
1: 
1= 500 5.5.1 *
1: TURN
1= 500 5.5.1 *
1: SEND FROM:<a@example.net>
1= 500 5.5.1 *
1: MAILFROM:<a@example.net>
1= 500 5.5.1 *
1: MAI
1= 500 5.5.1 *
1: QUIT
1= 221 2.0.0 *
1!
