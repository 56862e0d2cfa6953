# RFC 4469 section 3: APPEND puts a message together from texts and from what URLs name; RFC 5550 section 5.7.1: parts of octets
logon 1 imap
1: a CAPABILITY
1= * CAPABILITY * CATENATE*
1= a OK *
1: b APPEND INBOX {lit:Subject: one\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nfirst\r\n--b\r\n\r\nsecond\r\n--b--\r\n}
1= b OK [APPENDUID $validity 1] *
1: c CREATE "R&AOQ-ume/x"
1= c OK *
# nothing is selected: the folder stands in the URL
1: d APPEND R&AOQ-ume/x (\Seen) "01-Jan-2001 00:00:00 +0000" CATENATE (URL "/INBOX;UIDVALIDITY=$validity/;UID=1/;SECTION=HEADER" TEXT {lit:--b\r\n\r\n} URL "/INBOX/;UID=1/;SECTION=2" URL /inbox/;uid=1/;partial=88.9)
1= d OK [APPENDUID * 1] *
1: e SELECT INBOX
1* e OK *
# relative to the selected one, a synchronising text, a name as a literal, other messages behind it
1: h APPEND INBOX CATENATE (TEXT {14}
1= + *
1- Subject: two\r\n
1:  URL {17}
1= + *
1- ;UID=1/;SECTION=1
1:  TEXT {2}
1= + *
1- \r\n
1: ) (\Draft) CATENATE (URL ";UID=1/;SECTION=HEADER.FIELDS%20(Subject)") {lit:Subject: three\r\n\r\n}
1? * 4 EXISTS
1* h OK [APPENDUID $validity 2:4] *
1: i FETCH 2:4 (FLAGS BODY.PEEK[])
1= * 2 FETCH (FLAGS (\Recent) BODY[] {21}
1= Subject: two
1= first
1= )
1= * 3 FETCH (FLAGS (\Draft \Recent) BODY[] {16}
1= Subject: one
1=
1= )
1= * 4 FETCH (FLAGS (\Recent) BODY[] {18}
1= Subject: three
1=
1= )
1= i OK *
# neither \Recent nor \Seen of the first was touched by all that
1: j FETCH 1 FLAGS
1= * 1 FETCH (FLAGS (\Recent))
1= j OK *
# another folder's, with its name in UTF-8; the whole of it is what was put in
1: k APPEND INBOX CATENATE (URL "/R%C3%A4ume/x/;UID=1")
1? k OK [APPENDUID $validity 5] *
1: l FETCH 5 (FLAGS BODY.PEEK[])
1= * 5 FETCH (FLAGS (\Recent) BODY[] {100}
1= Subject: one
1= MIME-Version: 1.0
1= Content-Type: multipart/mixed; boundary=b
1=
1= --b
1=
1= secondst
1= --b
1= )
1= l OK *
# RFC 6855 section 4: UTF8 (...) as a part
1: m APPEND INBOX CATENATE (UTF8 (~{14+}\r\nSubject: six\r\n) TEXT {lit:\r\nx} URL ;UID=1/;SECTION=1)
1? m OK [APPENDUID $validity 6] *
1: n FETCH 6 BODY.PEEK[TEXT]
1= * 6 FETCH (BODY[TEXT] {6}
1= xfirst)
1= n OK *
# nothing at all
1: o APPEND INBOX CATENATE (TEXT {0}
1= + *
1: )
1= o NO *
1: p APPEND INBOX CATENATE ()
1= p BAD *
1: q APPEND INBOX CATENATE (TEXT "x")
1= q BAD *
1: r APPEND INBOX CATENATE (TEXT {lit:x} {lit:y NOOP\r\n})
1= r BAD *
1: s APPEND INBOX CATENATE (TEXT {lit:x}
1= s BAD *
1: t LOGOUT
1* t OK *
