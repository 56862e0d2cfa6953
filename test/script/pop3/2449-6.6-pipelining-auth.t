# RFC 2449 section 6.6 and RFC 5034 section 4: pipelined behind AUTH, through hand-over to the store
mail $address Subject: one\r\n\r\ntext\r\n
connect 1 pop3
1= +OK *
1- AUTH PLAIN {b64:\0$user\0$password}\r\nSTAT\r\nUIDL\r\nQUIT\r\n
1= +OK *
1= +OK 1 *
1= +OK *
1= 1 *
1= .
1= +OK *
1!
connect 2 pop3s
2= +OK *
2- USER $user\r\nPASS $password\r\nSTAT\r\nQUIT\r\n
2= +OK *
2= +OK *
2= +OK 1 *
2= +OK *
2!
