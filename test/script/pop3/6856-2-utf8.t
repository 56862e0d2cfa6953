# RFC 6856 section 2: UTF8 before logon; names and passwords in UTF-8 (2.1)
another jo
bourse account set $jo --rename=jörg-$box
connect 1 pop3
1= +OK *
1: UTF8 x
1= -ERR *
1: UTF8
1= +OK *
1: USER jörg-$box
1= +OK *
1: PASS $password
1= -ERR [AUTH] *
# the mailbox still has its own name
1: USER DOM\\jörg-$box\\$jo_box
1= +OK *
1: PASS $password
1= +OK *
1: UTF8
1= -ERR *
1: QUIT
1= +OK *
# section 2.1: a name that is not UTF-8
connect 2 pop3
2= +OK *
2- USER j\xf6rg\r\n
2= +OK *
2: PASS $password
2= -ERR [AUTH] *
2: QUIT
2= +OK *
