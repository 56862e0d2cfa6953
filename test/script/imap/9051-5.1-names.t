# RFC 9051 sections 5.1, 6.3.9.7 and appendix A.1: folder names are UTF-8 after ENABLE IMAP4rev2, modified UTF-7 before
logon 1 imap
logon 2 imap
1: a ENABLE IMAP4rev2
1= * ENABLED IMAP4rev2
1= a OK *
1: b CREATE "Entwürfe & mehr"
1= b OK *
1: c LIST "" Ent*
1= * LIST (\HasNoChildren) "/" "Entwürfe & mehr"
1= c OK *
2: c LIST "" Ent*
2= * LIST (\HasNoChildren) "/" "Entw&APw-rfe &- mehr"
2= c OK *
1: d STATUS "Entwürfe & mehr" (MESSAGES)
1= * STATUS "Entwürfe & mehr" (MESSAGES 0)
1= d OK *
2: d STATUS "Entw&APw-rfe &- mehr" (MESSAGES)
2= * STATUS "Entw&APw-rfe &- mehr" (MESSAGES 0)
2= d OK *
# as a literal, too
1- e DELETE {16+}\r\nEntw\xc3\xbcrfe & mehr\r\n
1= e OK *
# what is modified UTF-7 is a name like any other now
1: f CREATE "&AOQ-"
1= f OK *
2: f LIST "" "&-*"
2= * LIST (\HasNoChildren) "/" &-AOQ-
2= f OK *
# decomposed: kept in NFC, and the client is told
1- g CREATE "Bu\xcc\x88ro"\r\n
1= * LIST (\HasNoChildren) "/" "Büro" ("OLDNAME" ("Büro"))
1= g OK *
1- h SELECT "Bu\xcc\x88ro"\r\n
1= * FLAGS *
1= * OK [PERMANENTFLAGS *
1= * 0 EXISTS
1= * LIST (\HasNoChildren) "/" "Büro" ("OLDNAME" ("Büro"))
1* h OK *
# patterns, too
1- h1 LIST "" "Bu\xcc\x88%"\r\n
1= * LIST (\HasNoChildren) "/" "Büro"
1= h1 OK *
1: h2 UNSELECT
1= h2 OK *
1- i APPEND "Bu\xcc\x88ro" {5+}\r\na: b\n\r\n
1= * LIST (\HasNoChildren) "/" "Büro" ("OLDNAME" ("Büro"))
1= i OK *
1- j RENAME "Bu\xcc\x88ro" "Ru\xcc\x88ck"\r\n
1= * LIST (\HasNoChildren) "/" "Rück" ("OLDNAME" ("Büro"))
1= j OK *
1- k DELETE "Ru\xcc\x88ck"\r\n
1= * LIST (\NonExistent \HasNoChildren) "/" "Rück" ("OLDNAME" ("Rück"))
1= k OK *
# a name that is spelt as it is kept needs no such line
1: l CREATE plain/
1= l OK *
1: m RENAME plain plainer
1= m OK *
# INBOX in any case, also in front of others
1: m2 CREATE inbox/Below
1= * LIST (\HasNoChildren) "/" INBOX/Below ("OLDNAME" (inbox/Below))
1= m2 OK *
1: m3 LIST InBox/ %
1= * LIST (\HasNoChildren) "/" INBOX/Below
1= m3 OK *
# not Net-Unicode: controls of C1, line and paragraph separators, no UTF-8
1- n CREATE "a\xc2\x80"\r\n
1= n NO [CANNOT] *   ## ERR_FOLDERNAME
1- o CREATE "a\xe2\x80\xa8"\r\n
1= o NO [CANNOT] *
1- p CREATE "a\xe2\x80\xa9"\r\n
1= p NO [CANNOT] *
1- q CREATE "a\xff"\r\n
1= q BAD *
# RFC 6855 section 3: UTF-8 is taken without ENABLE, too, and given back as modified UTF-7
2: r CREATE "Größe"
2= r OK *
2: s LIST "" "Gr*"
2= * LIST (\HasNoChildren) "/" Gr&APYA3w-e
2= s OK *
2: t CREATE "Größe & mehr"
2= t NO [CANNOT] *
1: u LOGOUT
1* u OK *
