# RFC 1939 section 5: RSET takes all marks back
mail $address Subject: one\r\n\r\n
mail $address Subject: two\r\n\r\n
logon 1 pop3
1: DELE 1
1= +OK *
1: DELE 2
1= +OK *
1: STAT
1= +OK 0 0
1: RSET
1= +OK *2 messages*
1: RSET x
1= -ERR *
1: RETR 1
1= +OK *
1* .
1: DELE 2
1= +OK *
1: RSET
1= +OK *
1: QUIT
1= +OK *
1!
logon 2 pop3
2: STAT
2= +OK 2 *
