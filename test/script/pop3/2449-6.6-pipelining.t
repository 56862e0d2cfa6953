# RFC 2449 section 6.6: commands in one piece, before and after logon, are answered one by one
mail $address Subject: one\r\n\r\ntext\r\n
connect 1 pop3
1= +OK *
1- CAPA\r\nUSER $user\r\nPASS $password\r\nSTAT\r\nLIST\r\nRETR 1\r\nNOOP\r\nDELE 1\r\nQUIT\r\n
1= +OK *
1* .
1= +OK *
1= +OK *
1= +OK 1 *
1= +OK *
1= 1 *
1= .
1= +OK *
1* text
1= .
1= +OK *
1= +OK *
1= +OK *
1!
logon 2 pop3
2: STAT
2= +OK 0 0
# many at once
repeat 5000 2: NOOP
2: QUIT
2? +OK *
2* +OK *signing off
2!
