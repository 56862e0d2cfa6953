# RFC 8314 section 3.1: POP3 inside TLS from the first octet
mail $address Subject: one\r\n\r\ntext\r\n
connect 1 pop3s
1= +OK *
1: STLS
1= -ERR *
1: USER $user
1= +OK *
1: PASS $password
1= +OK *
1: RETR 1
1= +OK *
1* text
1= .
1: QUIT
1= +OK *
1!
