# RFC 1939 section 7: unique ids, 1 to 70 octets, the same in every session
mail $address Subject: one\r\n\r\n
mail $address Subject: two\r\n\r\n
logon 1 pop3
1: UIDL
1= +OK *
1= 1 $first
1= 2 $second
1= .
1: UIDL 2
1= +OK 2 $second
1: UIDL 3
1= -ERR *
1: UIDL x
1= -ERR *
1: DELE 1
1= +OK *
1: UIDL
1= +OK *
1= 2 $second
1= .
1: UIDL 1
1= -ERR *
1: QUIT
1= +OK *
1!
mail $address Subject: three\r\n\r\n
logon 2 pop3
2: UIDL
2= +OK *
2= 1 $second
2= 2 $third
2= .
2: QUIT
2= +OK *
