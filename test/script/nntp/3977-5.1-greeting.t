# RFC 3977 sections 5.1, 5.2, 5.4, 7.1 and 7.2: greeting, CAPABILITIES, QUIT, DATE and HELP before anybody is known
# server: public
connect 1 nntp
1= 201 * Bourse NNTP ready *
1: CAPABILITIES
1= 101 *
1= VERSION 2
1= IMPLEMENTATION Bourse
1? READER
1? STARTTLS
1= AUTHINFO USER SASL
1= SASL * PLAIN*
1= .
# whatever the keyword is (section 5.2.2)
1: capabilities AUTOUPDATE
1= 101 *
1* .
1: CAPABILITIES +x
1= 501 syntax error ## ERR_SYNTAX
1: DATE
1= 111 20*
1: DATE now
1= 501 *
1: HELP
1= 100 *
1?   ARTICLE [message-id|number]
1?   AUTHINFO SASL mechanism [initial-response]
1= .
1: NOSUCH
1= 500 command not recognised ## ERR_COMMAND
1: 
1= 500 *
1: QUIT
1= 205 *
1!
