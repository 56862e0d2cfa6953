# RFC 1939 section 4; RFC 4314 section 4: a folder of somebody else's mailbox, as the directory's right on it and the folder's list allow
another bob
logon 1 imap
1: a CREATE Plans
1= a OK *
1: b APPEND Plans {lit:Subject: secret\r\n\r\n}
1= b OK *
1: c CREATE Plans/Old
1= c OK *
# nothing is given to bob yet: that there is a mailbox he may hear, of its folders not
connect 2 pop3
2= +OK *
2: USER $bob\\$box/Plans
2= +OK *
2: PASS $password
2= -ERR [AUTH] logged on as $bob, but there is no folder "$box/Plans" that it may see   ## ERR_NOBOX
2!
# by the list of the folder alone: it is opened, and no other one
1: d SETACL Plans $bob lr
1= d OK *
connect 3 pop3
3= +OK *
3: USER $bob\\$box/Plans
3= +OK *
3: PASS $password
3= +OK $box/Plans has 1 message *
3: RETR 1
3? Subject: secret
3* .
3: DELE 1
3= -ERR [SYS/PERM] you may read this folder, but not delete messages in it   ## ERR_PERM
1: e SETACL Plans $bob lrte
1= e OK *
3: DELE 1
3= +OK *
3: RSET
3= +OK *
1: f SETACL Plans $bob l
1= f OK *
3: TOP 1 0
3= -ERR [SYS/PERM] you may no longer read this folder   ## ERR_PERM
3!
connect 4 pop3
4= +OK *
4: USER $bob\\$box
4= +OK *
4: PASS $password
4= -ERR [AUTH] *   ## ERR_BOXRIGHT
4: USER $bob\\$box/Plans/Old
4= +OK *
4: PASS $password
4= -ERR [AUTH] * there is no folder *   ## ERR_NOBOX
# by a right on the mailbox: all of them, unless a list says less
bourse mailbox grant $box $bob
connect 5 pop3
5= +OK *
5: USER $bob\\$box\\Plans\\Old
5= +OK *
5: PASS $password
5= +OK $box/Plans/Old has 0 *
5: QUIT
5= +OK *
connect 6 pop3
6= +OK *
6: USER $bob/$box/Plans
6= +OK *
6: PASS $password
6= -ERR [AUTH] logged on as $bob, but it may not read the folder "$box/Plans"   ## ERR_BOXRIGHT
# one's own are a drop as well, and what POP3 reads there stays unseen
connect 7 pop3
7= +OK *
7: USER $user\\$box/Plans
7= +OK *
7: PASS $password
7= +OK $box/Plans has 1 *
7: RETR 1
7* .
7: QUIT
7= +OK *
7!
1: g STATUS Plans (UNSEEN)
1= * STATUS Plans (UNSEEN 1)
1= g OK *
# switched off for the mailbox it is for its folders
bourse mailbox set $box --no-pop3
connect 8 pop3
8= +OK *
8: USER $bob\\$box/Plans/Old
8= +OK *
8: PASS $password
8= -ERR [AUTH] * pop3 is switched off for the mailbox *   ## ERR_PROTOCOLOFF
