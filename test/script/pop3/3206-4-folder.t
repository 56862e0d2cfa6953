# RFC 3206 section 4: why a folder is not opened is said, behind the right password only; what one may not see is not there
# server: public
bourse folder create public Refused
bourse folder create public Refused/Hidden
bourse folder create public Refused/Closed
bourse folder grant public Refused/Hidden authenticated rip
bourse folder grant public Refused/Closed authenticated none
connect 1 pop3
1= +OK *
1: USER $user\\Public Folders/Refused
1= +OK *
1: PASS wrong
1= -ERR [AUTH] user name or password is wrong   ## ERR_AUTH
1: USER $user\\Public Folders/Nowhere
1= +OK *
1: PASS $password
1= -ERR [AUTH] logged on as $user, but there is no folder "Public Folders/Nowhere" that it may see   ## ERR_NOBOX
1!
connect 2 pop3
2= +OK *
2: USER $user\\Public Folders/Refused/Hidden
2= +OK *
2: PASS $password
2= -ERR [AUTH] logged on as $user, but there is no folder "Public Folders/Refused/Hidden" that it may see   ## ERR_NOBOX
2!
connect 3 pop3
3= +OK *
3: USER $user\\Public Folders/Refused/Closed
3= +OK *
3: PASS $password
3= -ERR [AUTH] logged on as $user, but it may not read the folder "Public Folders/Refused/Closed"   ## ERR_BOXRIGHT
3!
# the public store has no inbox, and no folder of its own
connect 4 pop3
4= +OK *
4: USER $user\\Public Folders/INBOX
4= +OK *
4: PASS $password
4= -ERR [AUTH] * there is no folder *   ## ERR_NOBOX
4!
connect 5 pop3
5= +OK *
5: USER $user\\Public Folders
5= +OK *
5: PASS $password
5= -ERR [AUTH] logged on as $user, but which public folder is to be opened was not said   ## ERR_NOBOX
# names that are none: by the neutral text
5: USER Public Folders/Refused
5= +OK *
5: PASS $password
5= -ERR [AUTH] user name or password is wrong   ## ERR_AUTH
5: USER $user\\Public Folders/a\xff
5= +OK *
5: PASS $password
5= -ERR [AUTH] user name or password is wrong   ## ERR_AUTH
5: USER $user\\Public Folders/\xe2\x80\xaea
5= +OK *
5: PASS $password
5= -ERR [AUTH] user name or password is wrong   ## ERR_AUTH
5: USER $user\\Public Folders/..
5= +OK *
5: PASS $password
5= -ERR [AUTH] * there is no folder "Public Folders/.." that it may see   ## ERR_NOBOX
5!
# IMAP has all folders in one session: a name that opens one is refused, and it is said what to do; so it is for sending
connect 6 imap
6= * OK *
6: a LOGIN "DOM/$box/Public Folders/Refused" $password
6= a NO [CANNOT] logged on as $user, but a folder is opened by its name through POP3 only; log on as $user; the folder is there as Public Folders/Refused
6: b LOGIN "DOM/$box/$box/Archive" $password
6= b NO [CANNOT] logged on as $user, but a folder is opened by its name through POP3 only; log on as $user; the folder is there as Other Users/$box/Archive
connect 7 submission
7* 220 *
7: EHLO c
7* 250 *
7: AUTH PLAIN {b64:\0$user/Public Folders/Refused\0$password}
7= 550 5.2.1 logged on as $user, but a folder is opened by its name through POP3 only; log on as $user
