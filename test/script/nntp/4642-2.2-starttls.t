# RFC 4642 section 2.2: STARTTLS
# server: public
connect 1 nntp
1= 201 *
1: STARTTLS x
1= 501 *
1: STARTTLS
1= 382 *
1~
1: CAPABILITIES
1= 101 *
1? AUTHINFO USER SASL
1* .
1: STARTTLS
1= 502 *
1: AUTHINFO USER $user
1= 381 *
1: AUTHINFO PASS $password
1= 281 *
1: STARTTLS
1= 502 * ## ERR_LOGGEDON
1: QUIT
1= 205 *
1!
# what was said in plaintext behind it is not obeyed
connect 2 nntp
2= 201 *
2- STARTTLS\r\nDATE\r\n
2!
# a name said before TLS is forgotten (section 2.2.2)
connect 3 nntp
3= 201 *
3: AUTHINFO USER $user
3= 381 *
3: STARTTLS
3= 382 *
3~
3: AUTHINFO PASS $password
3= 482 *
# inside TLS from the first octet on
connect 4 nntps
4= 201 *
4: STARTTLS
4= 502 *
4: CAPABILITIES
4= 101 *
4? AUTHINFO USER SASL
4* .
