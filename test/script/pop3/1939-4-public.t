# RFC 1939 sections 4 and 5: a public folder as the maildrop, by the name that is logged on with
# server: public
bourse folder create public Drop-a
bourse folder address Drop-a drop-a@example.org
bourse folder grant public Drop-a anyone +p
mail drop-a@example.org Subject: first\r\n\r\nto all\r\n
mail drop-a@example.org Subject: second\r\n\r\nto all again\r\n
connect 1 pop3
1= +OK *
1: USER $user\\Public Folders/Drop-a
1= +OK *
1: PASS $password
1= +OK Public Folders/Drop-a has 2 messages *
1: STAT
1= +OK 2 *
1: RETR 1
1? Subject: first
1* .
1: TOP 2 0
1? Subject: second
1* .
1: NOOP
1= +OK *
1: QUIT
1= +OK *
1!
# every form of a name: separators are all alike, the domain may be left out, and no case counts in the word
connect 2 pop3
2= +OK *
2: USER DOM/$box/public folders/Drop-a
2= +OK *
2: PASS $password
2= +OK Public Folders/Drop-a has 2 *
2: QUIT
2= +OK *
2!
connect 3 pop3
3= +OK *
3: USER $box\\\\Public Folders\\\\Drop-a\\\\
3= +OK *
3: PASS $password
3= +OK Public Folders/Drop-a has 2 *
3: QUIT
3= +OK *
3!
connect 4 pop3
4= +OK *
4: USER $address/Public Folders/Drop-a
4= +OK *
4: PASS $password
4= +OK Public Folders/Drop-a has 2 *
4: QUIT
4= +OK *
4!
# deeper folders; case counts in them
bourse folder create public Drop-a/Deep/Deeper
connect 5 pop3
5= +OK *
5: USER $user\\Public Folders\\Drop-a\\Deep\\Deeper
5= +OK *
5: PASS $password
5= +OK Public Folders/Drop-a/Deep/Deeper has 0 messages (0 octets)
5: LIST
5= +OK *
5= .
5: QUIT
5= +OK *
5!
# without a folder the user's own mailbox is opened as ever
logon 6 pop3
6: STAT
6= +OK 0 0
