# RFC 4643 sections 2.2 and 2.3: AUTHINFO USER and PASS
# server: public
connect 1 nntp
1= 201 *
1: AUTHINFO PASS $password
1= 482 *
1: AUTHINFO USER nobody-here
1= 381 *
1: AUTHINFO PASS wrong
1= 481 user name or password is wrong ## ERR_AUTH
# the name is gone with the try
1: AUTHINFO PASS $password
1= 482 *
1: AUTHINFO USER
1= 501 *
1: AUTHINFO GENERIC x
1= 501 *
# the last name counts
1: AUTHINFO USER nobody-here
1= 381 *
1: AUTHINFO USER $user
1= 381 *
1- AUTHINFO PASS $password\r\nMODE READER\r\n
1= 281 *
1= 20* *
1: AUTHINFO USER $user
1= 502 *
1: AUTHINFO PASS $password
1= 502 *
1: AUTHINFO SASL PLAIN
1= 502 *
1: AUTHINFO SASL P*
1= 50* *
1: CAPABILITIES
1= 101 *
1? SASL * PLAIN*
1= .
# a mailbox may be named that the account has
connect 2 nntp
2= 201 *
2: AUTHINFO USER $user\\$box
2= 381 *
2: AUTHINFO PASS $password
2= 281 *
connect 3 nntp
3= 201 *
3: AUTHINFO USER $user\\nosuchbox
3= 381 *
3: AUTHINFO PASS $password
3= 481 logged on as * no mailbox *
# an account without a mailbox reads news
bourse account add DOM\\newsonly --password-stdin < $password
connect 4 nntp
4= 201 *
4: AUTHINFO USER DOM\\newsonly
4= 381 *
4: AUTHINFO PASS $password
4= 281 *
bourse account set DOM\\newsonly --protocols imap
connect 5 nntp
5= 201 *
5: AUTHINFO USER DOM\\newsonly
5= 381 *
5: AUTHINFO PASS $password
5= 481 * may not log on by nntp ## ERR_PROTOCOLOFF
