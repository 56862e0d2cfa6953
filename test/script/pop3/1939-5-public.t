# RFC 1939 sections 5 and 6; RFC 4314 section 4: who may delete what of a public folder is said at DELE, and again at QUIT
# server: public
another bob
bourse folder create public Removals
bourse folder grant public Removals authenticated author
logon 1 imap
1: a APPEND "Public Folders/Removals" {lit:Subject: mine\r\n\r\n}
1= a OK *
logon 2 imap bob
2: a APPEND "Public Folders/Removals" {lit:Subject: bob's\r\n\r\n}
2= a OK *
2: b APPEND "Public Folders/Removals" {lit:Subject: bob's second\r\n\r\n}
2= b OK *
connect 3 pop3
3= +OK *
3: USER $user\\Public Folders/Removals
3= +OK *
3: PASS $password
3= +OK *
3: DELE 2
3= -ERR [SYS/PERM] you may delete here what you have posted yourself, and this was posted by somebody else   ## ERR_PERM
3: STAT
3= +OK 3 *
3: DELE 1
3= +OK *
3: DELE 4
3= -ERR *
3: QUIT
3= +OK *
3!
# all of them, by whoever may; what he marked and may no longer remove stays, and the rest goes
bourse folder grant public Removals $user editor
connect 4 pop3
4= +OK *
4: USER $user\\Public Folders/Removals
4= +OK *
4: PASS $password
4= +OK Public Folders/Removals has 2 *
4: DELE 1
4= +OK *
bourse folder grant public Removals $user author
4: QUIT
4= -ERR [SYS/PERM] some deleted messages were not removed   ## ERR_PERM
4!
bourse folder grant public Removals $user reviewer
connect 5 pop3
5= +OK *
5: USER $user\\Public Folders/Removals
5= +OK *
5: PASS $password
5= +OK Public Folders/Removals has 2 *
5: DELE 1
5= -ERR [SYS/PERM] you may read this folder, but not delete messages in it   ## ERR_PERM
# a right that is taken away counts with the next command
bourse folder grant public Removals $user none
5: RETR 1
5= -ERR [SYS/PERM] you may no longer read this folder   ## ERR_PERM
5!
# somebody who drops the connection has deleted nothing
connect 6 pop3
6= +OK *
6: USER $bob\\Public Folders/Removals
6= +OK *
6: PASS $password
6= +OK *
6: DELE 1
6= +OK *
6.
connect 7 pop3
7= +OK *
7: USER $bob\\Public Folders/Removals
7= +OK *
7: PASS $password
7= +OK Public Folders/Removals has 2 *
7: DELE 1
7= +OK *
7: DELE 2
7= +OK *
7: QUIT
7= +OK *
7!
2: c STATUS "Public Folders/Removals" (MESSAGES)
2= * STATUS "Public Folders/Removals" (MESSAGES 0)
2= c OK *
