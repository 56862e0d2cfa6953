# RFC 1939 sections 3 and 6: a session that ends without QUIT removes nothing (D14)
mail $address Subject: one\r\n\r\n
logon 1 pop3
1: DELE 1
1= +OK *
1.
wait 0.3
logon 2 pop3
2: STAT
2= +OK 1 *
2: DELE 1
2= +OK *
# half a QUIT is none
2- QUIT\r
2.
wait 0.3
logon 3 pop3
3: STAT
3= +OK 1 *
3: QUIT
3= +OK *
