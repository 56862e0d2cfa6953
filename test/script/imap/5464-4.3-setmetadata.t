# RFC 5464 sections 3.3, 4.1 and 4.3: SETMETADATA; annotations live and go with their folder
logon 1 imap
1: a CREATE box
1= a OK *
1: b SETMETADATA box (/private/comment "one" /shared/comment "two")
1= b OK SETMETADATA completed
# it replaces, and NIL removes; of one that is given twice the last counts
1: c SETMETADATA box (/private/comment "three" /shared/comment NIL /Private/comment "four")
1= c OK *
1: d GETMETADATA box (/private/comment /shared/comment)
1= * METADATA box (/private/comment "four" /shared/comment NIL)
1= d OK *
1: d2 SETMETADATA box (/private/none NIL)
1= d2 OK *
# octets of any kind, with literals of both kinds
1- e SETMETADATA box (/shared/vendor/acme/icon ~{4+}\r\n\x00\xff\r\n /shared/comment {3}\r\n
1= + *
1- a"b /private/vendor/acme/x {2+}\r\n\xc3\xa4)\r\n
1= e OK *
1: f GETMETADATA box (/shared/vendor/acme/icon /shared/comment /private/vendor/acme/x)
1= * METADATA box (/shared/vendor/acme/icon ~{4}
1= *
1=  /shared/comment "a\\"b" /private/vendor/acme/x {2}
1= *)
1= f OK *
# an entry that may not have a value
1: g1 SETMETADATA box (/private "x")
1= g1 BAD *
1: g2 SETMETADATA box (/shared/vendor/acme "x")
1= g2 BAD *
1: g3 SETMETADATA box (/private/vendor "x")
1= g3 BAD *
1: g4 SETMETADATA box (/private/comment)
1= g4 BAD *
1: g5 SETMETADATA box ()
1= g5 BAD *
1: g6 SETMETADATA box /private/comment "x"
1= g6 BAD *
1: g7 SETMETADATA box (/private/comment atom)
1= g7 BAD *
1: g8 SETMETADATA none (/private/comment "x")
1= g8 NO [NONEXISTENT] *
# they go with their folder to another name
1: h1 RENAME box chest
1= h1 OK *
1: h2 GETMETADATA chest /private/comment
1= * METADATA chest (/private/comment "four")
1= h2 OK *
# INBOX keeps its own when it is renamed, and the new folder has them too
1: i1 SETMETADATA INBOX (/private/comment "of inbox")
1= i1 OK *
1: i2 RENAME INBOX old
1= i2 OK *
1: i3 GETMETADATA old /private/comment
1= * METADATA old (/private/comment "of inbox")
1= i3 OK *
1: i4 GETMETADATA INBOX /private/comment
1= * METADATA INBOX (/private/comment "of inbox")
1= i4 OK *
# they go with the folder, however it goes
1: j1 DELETE chest
1= j1 OK *
1: j2 CREATE chest
1= j2 OK *
1: j3 GETMETADATA chest /private/comment
1= * METADATA chest (/private/comment NIL)
1= j3 OK *
1: j4 SETMETADATA chest (/private/comment "again")
1= j4 OK *
1: j5 SUBSCRIBE chest
1= j5 OK *
1: j6 DELETE chest
1= j6 OK *
1: j7 CREATE chest/below
1= j7 OK *
1: j8 GETMETADATA chest /private/comment
1= * METADATA chest (/private/comment NIL)
1= j8 OK *
1: j9 SETMETADATA chest (/private/comment "above")
1= j9 OK *
1: j10 DELETE chest
1= j10 OK *
1: j11 GETMETADATA chest /private/comment
1= * METADATA chest (/private/comment NIL)
1= j11 OK *
# of the server a client may have private ones only
1: k1 SETMETADATA "" (/private/vendor/acme/theme "dark")
1= k1 OK *
1: k2 GETMETADATA "" /private/vendor/acme/theme
1= * METADATA "" (/private/vendor/acme/theme "dark")
1= k2 OK *
1: k3 SETMETADATA "" (/shared/comment "mine")
1= k3 NO [NOPERM] *
1: k4 SETMETADATA "" (/shared/admin NIL)
1= k4 NO [NOPERM] *
1: k5 SETMETADATA "" (/private/comment "not kept" /shared/vendor/acme/x "x")
1= k5 NO [NOPERM] *
1: k6 GETMETADATA "" (/private/comment /shared/admin)
1= * METADATA "" (/private/comment NIL /shared/admin NIL)
1= k6 OK *
1: l LOGOUT
1* l OK *
# they are on disk
logon 2 imap
2: a GETMETADATA "" (DEPTH infinity) (/private)
2= * METADATA "" (/private/vendor/acme/theme "dark")
2= a OK *
2: b LOGOUT
2* b OK *
