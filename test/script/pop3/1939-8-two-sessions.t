# RFC 1939 section 8 (and exclusive access of section 4 given up): two sessions see each its own snapshot and its own marks
mail $address Subject: one\r\n\r\n
mail $address Subject: two\r\n\r\n
logon 1 pop3
logon 2 pop3
1: DELE 1
1= +OK *
2: STAT
2= +OK 2 *
2: DELE 1
2= +OK *
mail $address Subject: three\r\n\r\n
1: STAT
1= +OK 1 *
1: QUIT
1= +OK *
1!
# what another session removed is gone, and says so; the numbers of the others stay
2: RSET
2= +OK *
2: RETR 1
2= -ERR *
2: TOP 2 0
2= +OK *
2? Subject: two
2* .
2: DELE 2
2= +OK *
2: QUIT
2= +OK *
2!
logon 3 pop3
3: LIST
3= +OK 1 *
3= 1 *
3= .
3: TOP 1 0
3= +OK *
3? Subject: three
3* .
