# RFC 4643 sections 2.1 and 2.3.2: no password outside TLS
# server: strict
connect 1 nntp
1= 201 *
1: CAPABILITIES
1= 101 *
1? STARTTLS
1= AUTHINFO
1= .
1: AUTHINFO USER $user
1= 483 a password is taken inside TLS only* ## ERR_NEEDTLS
1: AUTHINFO PASS $password
1= 483 *
1: AUTHINFO SASL PLAIN {b64:\0$user\0$password}
1= 483 *
1: GROUP a
1= 480 *
# there is no public store here
connect 2 nntps
2= 201 *
2: AUTHINFO USER $user
2= 381 *
2: AUTHINFO PASS $password
2= 481 logged on as * no public store here*
