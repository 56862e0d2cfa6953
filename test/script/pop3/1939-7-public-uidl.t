# RFC 1939 section 7 UIDL: of a public folder the same for all its readers and in each session, of no other folder, and never again
# server: public
another bob
bourse folder create public Uidl-a
bourse folder create public Uidl-b
bourse folder grant public Uidl-a authenticated editor
logon 1 imap
1: a APPEND "Public Folders/Uidl-a" {lit:Subject: one\r\n\r\n}
1= a OK *
1: b APPEND "Public Folders/Uidl-a" {lit:Subject: two\r\n\r\n}
1= b OK *
1: c APPEND "Public Folders/Uidl-b" {lit:Subject: one\r\n\r\n}
1= c OK *
connect 2 pop3
2= +OK *
2: USER $user\\Public Folders/Uidl-a
2= +OK *
2: PASS $password
2= +OK *
2: UIDL
2= +OK *
2= 1 $one
2= 2 $two
2= .
2: DELE 1
2= +OK *
2: QUIT
2= +OK *
2!
# another reader, and the same one again: $one and $two hold them to it
connect 3 pop3
3= +OK *
3: USER $bob\\Public Folders/Uidl-a
3= +OK *
3: PASS $password
3= +OK *
3: UIDL
3= +OK *
3= 1 $two
3= .
3: RETR 1
3* .
3: UIDL 1
3= +OK 1 $two
3: QUIT
3= +OK *
3!
# with the same name it is another folder: nobody takes one of its messages for one that he has
1: d DELETE "Public Folders/Uidl-b"
1= d NO *
bourse folder delete public Uidl-b
bourse folder create public Uidl-b
1: e APPEND "Public Folders/Uidl-b" {lit:Subject: one\r\n\r\n}
1= e OK *
connect 4 pop3
4= +OK *
4: USER $user\\Public Folders/Uidl-b
4= +OK *
4: PASS $password
4= +OK *
4: UIDL 1
4= +OK 1 $other
# a message that is moved is another one there, in its new place
1: f SELECT "Public Folders/Uidl-a"
1* f OK *
1: g MOVE 1 "Public Folders/Uidl-b"
1* g OK *
4: QUIT
4= +OK *
connect 5 pop3
5= +OK *
5: USER $user\\Public Folders/Uidl-b
5= +OK *
5: PASS $password
5= +OK *
5: UIDL
5= +OK *
5= 1 $other
5= 2 $moved
5= .
