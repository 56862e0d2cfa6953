# RFC 6855 sections 3, 4 and 8: UTF-8 in names, in quoted strings and in headers of messages
logon 1 imap
logon 2 imap
1: a ENABLE UTF8=ACCEPT
1= * ENABLED UTF8=ACCEPT
1= a OK *
1: a2 ENABLE UTF8=ONLY
1= * ENABLED
1= a2 OK *
# section 4: eight bits in a header are taken after ENABLE alone
2: b APPEND INBOX {lit:Subject: Gr\xc3\xbc\xc3\x9fe\r\n\r\nx\r\n}
2= b NO [CANNOT] *
2: b2 APPEND INBOX {lit:Subject: x\r\n\r\nGr\xc3\xbc\xc3\x9fe\r\n}
2= b2 OK *
1: c APPEND INBOX UTF8 (~{lit:From: J\xc3\xbcrgen <j\xc3\xbcrgen@b\xc3\xbccher.example>\r\nSubject: Gr\xc3\xbc\xc3\x9fe\r\nMIME-Version: 1.0\r\nContent-Description: "\xc3\xb6"\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; name="\xc3\xa4.txt"; title*=utf-8'de'%C3%A4h\r\n\r\nx\r\n--b\r\nContent-Type: message/global\r\n\r\nSubject: \xc3\xa4\r\n\r\ny\r\n--b--\r\n})
1= c OK *
1: d SELECT INBOX
1* d OK *
2: d SELECT INBOX
2* d OK *
# ENVELOPE and BODYSTRUCTURE: in quotes, and what is inside of message/global
1: e FETCH 2 (ENVELOPE BODYSTRUCTURE)
1= * 2 FETCH (ENVELOPE (NIL "Grüße" (("Jürgen" NIL "jürgen" "bücher.example")) (("Jürgen" NIL "jürgen" "bücher.example")) (("Jürgen" NIL "jürgen" "bücher.example")) NIL NIL NIL NIL NIL) BODYSTRUCTURE (("text" "plain" ("name" "ä.txt" "title*" "utf-8'de'%C3%A4h") NIL NIL "7bit" 1 0 NIL NIL NIL NIL)("message" "global" NIL NIL NIL "7bit" 16 (NIL "ä" NIL NIL NIL NIL NIL NIL NIL NIL) ("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 1 0 NIL NIL NIL NIL) 2 NIL NIL NIL NIL) "mixed" ("boundary" "b") NIL NIL NIL))
1= e OK *
# for others: in literals, and message/global is a type of which nothing more is known
2: e FETCH 2 BODYSTRUCTURE
2= * 2 FETCH (BODYSTRUCTURE (("text" "plain" ("name" {6}
2= ä.txt "title*" "utf-8'de'%C3%A4h") NIL NIL "7bit" 1 0 NIL NIL NIL NIL)("message" "global" NIL NIL NIL "7bit" 16 NIL NIL NIL NIL) "mixed" ("boundary" "b") NIL NIL NIL))
2= e OK *
1: f FETCH 2 PREVIEW
1= * 2 FETCH (PREVIEW "x")
1= f OK *
1: g FETCH 2 BODY.PEEK[2.HEADER]
1= * 2 FETCH (BODY[2.HEADER] {15}
1= Subject: ä
1= 
1= )
1= g OK *
# names
1: h CREATE "Entwürfe"
1= h OK *
1: i LIST "" Entw*
1= * LIST (\HasNoChildren) "/" "Entwürfe"
1= i OK *
1: j SUBSCRIBE "Entwürfe"
1= j OK *
1: k LSUB "" Entw*
1= * LSUB () "/" "Entwürfe"
1= k OK *
2: k LSUB "" Entw*
2= * LSUB () "/" Entw&APw-rfe
2= k OK *
# section 3: no charset but UTF-8, and none is named; what is no UTF-8 is a syntax error
1: l SEARCH SUBJECT "grüße"
1= * SEARCH 2
1= l OK *
1: m SEARCH CHARSET UTF-8 SUBJECT "grüße"
1= m BAD *
1- n SEARCH SUBJECT "gr\xc3"\r\n
1= n BAD *
1- o CREATE "\xed\xa0\x80"\r\n
1= o BAD *
1- p CREATE "\xc0\xaf"\r\n
1= p BAD *
# everything else stays IMAP4rev1
1: q SELECT INBOX
1? * 2 EXISTS
1= * * RECENT
1* q OK *
1: r LOGOUT
1* r OK *
