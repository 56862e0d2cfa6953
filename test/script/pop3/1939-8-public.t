# RFC 1939 section 8: many read one public folder at once, none locks another out, and what one has read or marked is that one's alone
# server: public
another bob
bourse folder create public Crowd
bourse folder grant public Crowd authenticated editor
logon 1 imap
1: a APPEND "Public Folders/Crowd" {lit:Subject: one\r\n\r\n}
1= a OK *
1: b APPEND "Public Folders/Crowd" {lit:Subject: two\r\n\r\n}
1= b OK *
logon 2 imap bob
2: a SELECT "Public Folders/Crowd"
2* a OK *
2: b SEARCH UNSEEN
2= * SEARCH 1 2
2= b OK *
connect 3 pop3
3= +OK *
3: USER $user\\Public Folders/Crowd
3= +OK *
3: PASS $password
3= +OK *
connect 4 pop3
4= +OK *
4: USER $bob\\Public Folders/Crowd
4= +OK *
4: PASS $password
4= +OK *
connect 5 pop3
5= +OK *
5: USER $user\\Public Folders/Crowd
5= +OK *
5: PASS $password
5= +OK *
# one who marks, and who takes it back, changes nothing for the others
3: DELE 1
3= +OK *
4: STAT
4= +OK 2 *
5: STAT
5= +OK 2 *
3: RSET
3= +OK *
# RETR is to have read it, TOP is not; for that reader alone, and at QUIT at the latest
3: RETR 2
3? Subject: two
3* .
3: TOP 1 0
3? Subject: one
3* .
3: QUIT
3= +OK *
3!
1: c SELECT "Public Folders/Crowd"
1* c OK *
1: d SEARCH SEEN
1= * SEARCH 2
1= d OK *
2: c NOOP
2= c OK *
2: d SEARCH SEEN
2= * SEARCH
2= d OK *
# without the right s nothing is kept
bourse folder grant public Crowd $bob lr
4: RETR 1
4? Subject: one
4* .
4: QUIT
4= +OK *
4!
2: e SEARCH SEEN
2= * SEARCH
2* e OK *
# what one removes is gone for the others as well, and their numbers stay
connect 6 pop3
6= +OK *
6: USER $bob\\Public Folders/Crowd
6= +OK *
6: PASS $password
6= +OK *
5: DELE 1
5= +OK *
5: QUIT
5= +OK *
5!
6: RETR 1
6= -ERR no such message   ## ERR_NOMESSAGE
6: RETR 2
6? Subject: two
6* .
6: QUIT
6= +OK *
