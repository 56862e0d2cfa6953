# RFC 1939 section 5: STAT counts messages and octets, marked ones left out
mail $address Subject: one\r\n\r\none\r\n
mail $address Subject: two\r\n\r\ntwo, longer\r\n
logon 1 pop3
1: STAT
1= +OK 2 $octets
1: LIST 1
1= +OK 1 $first
1: LIST 2
1= +OK 2 $second
1: STAT 1
1= -ERR *   ## ERR_SYNTAX
1: DELE 2
1= +OK *
1: STAT
1= +OK 1 $first
1: RSET
1= +OK *
1: STAT
1= +OK 2 $octets
1: QUIT
1= +OK *
1!
