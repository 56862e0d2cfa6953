# RFC 4469 section 4: BADURL names the first URL that cannot be used, TOOBIG; nothing is appended
logon 1 imap
1: a APPEND INBOX {lit:Subject: one\r\n\r\n\r\n}
1= a OK [APPENDUID $validity 1] *
# nothing is selected to which it could be relative
1: b APPEND INBOX CATENATE (URL ;UID=1)
1= b NO [BADURL ;UID=1] *
1: c SELECT INBOX
1* c OK *
1: d APPEND INBOX CATENATE (URL ;UID=1 URL ;UID=2 URL ;UID=3)
1= d NO [BADURL ;UID=2] *
1: e APPEND INBOX CATENATE (URL "/none/;UID=1")
1= e NO [BADURL /none/;UID=1] *
1: f APPEND INBOX CATENATE (URL "/INBOX;UIDVALIDITY=1/;UID=1")
1= f NO [BADURL /INBOX;UIDVALIDITY=1/;UID=1] *
1: g APPEND INBOX CATENATE (URL "/INBOX/;UID=1/;SECTION=2")
1= g NO [BADURL /INBOX/;UID=1/;SECTION=2] *
1: h APPEND INBOX CATENATE (URL "/INBOX")
1= h NO [BADURL /INBOX] *
1: i APPEND INBOX CATENATE (URL "imap://joe@localhost/INBOX/;UID=1")
1= i NO [BADURL imap://*] *
1: j APPEND INBOX CATENATE (URL "http://example.com/")
1= j NO [BADURL http://example.com/] *
1: k APPEND INBOX CATENATE (URL "/a[b] d/;UID=1")
1= k NO [BADURL /a%5Bb%5D%20d/;UID=1] *
1: l APPEND INBOX CATENATE (URL "")
1= l NO [BADURL ] *
1: m APPEND INBOX CATENATE (URL INBOX/;UID=1)
1= m NO [BADURL INBOX/;UID=1] *
# what is on its way behind it is passed over; what the client waits to send it need not
1: n APPEND INBOX CATENATE (TEXT {lit:x} URL /x TEXT {lit:y NOOP\r\n} URL {lit:z NOOP\r\n}) {lit:y NOOP\r\n}
1= n NO [BADURL /x] *
1: o APPEND INBOX CATENATE (URL /x TEXT {100}
1= o NO [BADURL /x] *
1: p APPEND INBOX {lit:x} CATENATE (URL /x)
1= p NO [BADURL /x] *
1: q APPEND none CATENATE (URL /x)
1= q NO [TRYCREATE] *
1: r STATUS INBOX (MESSAGES UIDNEXT)
1= * STATUS INBOX (MESSAGES 1 UIDNEXT 2)
1= r OK *
1: s LOGOUT
1* s OK *
