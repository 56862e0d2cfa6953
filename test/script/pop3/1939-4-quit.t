# RFC 1939 sections 4 to 6: QUIT in either state
connect 1 pop3
1= +OK *
1: QUIT x
1= -ERR *
1: QUIT
1= +OK *
1!
logon 2 pop3
2: QUIT x
2= -ERR *
2: quit
2= +OK *
2!
# what stands behind it is not obeyed
mail $address Subject: one\r\n\r\n
logon 3 pop3
3- QUIT\r\nDELE 1\r\nQUIT\r\n
3= +OK *
3!
logon 4 pop3
4: STAT
4= +OK 1 *
