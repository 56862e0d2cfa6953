# RFC 4505 section 2, RFC 4643 section 2.2: somebody without an account reads, and may log on later
# server: newsstand
connect 1 nntp
1= 201 *
1: CAPABILITIES
1= 101 *
1? AUTHINFO USER SASL
1= SASL *ANONYMOUS*
1= .
# from the first command that reads
1- DATE\r\nMODE READER\r\nDATE\r\nCAPABILITIES\r\n
1= 111 *
1= 201 *
1= 111 *
1= 101 *
1? STARTTLS
1= AUTHINFO USER SASL
1= SASL *ANONYMOUS*
1= .
# back at the front; what is sent behind it is answered in turn
1- DATE\r\nAUTHINFO USER nobody-here\r\n
1= 111 *
1= 381 *
1: AUTHINFO PASS wrong
1= 481 *
1: MODE READER
1= 201 *
1: AUTHINFO SASL PLAIN {b64:\0$user\0$password}
1= 281 *
1: AUTHINFO USER $user
1= 502 *
1: QUIT
1= 205 *
1!
# TLS begins as a reader, too; what was sent in plaintext behind it is not obeyed
connect 2 nntp
2= 201 *
2: MODE READER
2= 201 *
2: STARTTLS
2= 382 *
2~
2: MODE READER
2= 201 *
2: STARTTLS
2= 502 *
2: CAPABILITIES
2= 101 *
2? AUTHINFO USER SASL
2* .
2: AUTHINFO USER $user
2= 381 *
2: AUTHINFO PASS $password
2= 281 *
connect 3 nntp
3= 201 *
3: MODE READER
3= 201 *
3- STARTTLS\r\nDATE\r\n
3!
# by name, and by mechanism
connect 4 nntp
4= 201 *
4: AUTHINFO USER anonymous
4= 381 *
4: AUTHINFO PASS someone@example.net
4= 281 *
connect 5 nntps
5= 201 *
5: AUTHINFO SASL ANONYMOUS {b64:someone@example.net}
5= 281 *
5: AUTHINFO SASL ANONYMOUS =
5= 281 *
