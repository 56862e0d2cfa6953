# RFC 4505 section 2 and RFC 1939 section 7: strangers read a public folder by POP3, as far as its list gives it to anyone
# server: library
bourse folder create public Open
bourse folder create public Shut
bourse folder address Open open@example.org
bourse folder grant public Open anyone lrp
mail open@example.org Subject: to all\r\n\r\n
connect 1 pop3
1= +OK *
1: USER anonymous\\Public Folders/Open
1= +OK *
1: PASS me@example.net
1= +OK Public Folders/Open has 1 message *
1: RETR 1
1? Subject: to all
1* .
1: DELE 1
1= -ERR [SYS/PERM] you may read this folder, but not delete messages in it   ## ERR_PERM
1: QUIT
1= +OK *
1!
connect 2 pop3
2= +OK *
2: USER Anonymous/public folders/Shut
2= +OK *
2: PASS x
2= -ERR [AUTH] logged on as Anonymous, but there is no folder "Public Folders/Shut" that it may see   ## ERR_NOBOX
2!
connect 3 pop3
3= +OK *
3: USER anonymous
3= +OK *
3: PASS x
3= -ERR [AUTH] say which public folder is to be opened: anonymous\\Public Folders/NAME   ## ERR_NOBOX
3: USER anonymous\\Public Folders
3= +OK *
3: PASS x
3= -ERR [AUTH] *   ## ERR_AUTH
3: AUTH PLAIN {b64:Public Folders/Open\0anonymous\0x}
3= +OK Public Folders/Open has 1 message *
3: QUIT
3= +OK *
3!
# IMAP shows them all
connect 4 imap
4= * OK *
4: a LOGIN "anonymous/Public Folders/Open" x
4= a NO [CANNOT] a folder is opened by its name through POP3 only; log on as anonymous
# nobody is an account called so, and sending takes one
connect 5 submission
5* 220 *
5: EHLO c
5* 250 *
5: AUTH PLAIN {b64:\0anonymous\\Public Folders/Open\0x}
5= 535 5.7.8 *
# what is taken from strangers is closed with the next command
connect 6 pop3
6= +OK *
6: USER anonymous\\Public Folders\\Open
6= +OK *
6: PASS x
6= +OK *
bourse folder revoke public Open anyone
6: STAT
6= -ERR [SYS/PERM] you may no longer read this folder   ## ERR_PERM
6!
