# RFC 5464 sections 3.2 and 3.3: private entries are each account's own; which rights a folder's annotations need (RFC 4314)
another bob
bourse mailbox grant $box $bob
logon 1 imap
connect 2 imap
2= * OK *
2: a LOGIN $bob\\$box $password
2= a OK *
1: a ENABLE METADATA
1= * ENABLED METADATA
1= a OK *
2: b SETMETADATA INBOX (/private/comment "Bob's" /shared/comment "everybody's")
2= b OK *
# nobody hears of, or sees, what is private to another
1: b NOOP
1= * METADATA INBOX /shared/comment
1= b OK *
1: c GETMETADATA INBOX (/private/comment /shared/comment)
1= * METADATA INBOX (/private/comment NIL /shared/comment "everybody's")
1= c OK *
1: d SETMETADATA INBOX (/private/comment "mine")
1= d OK *
2: c GETMETADATA (DEPTH infinity) INBOX (/private /shared)
2= * METADATA INBOX (/private/comment "Bob's" /shared/comment "everybody's")
2= c OK *
# "l" and any of "rswip"
1: e1 CREATE work
1= e1 OK *
1: e2 SETMETADATA work (/shared/comment "for Bob")
1= e2 OK *
1: e3 SETACL work $bob l
1= e3 OK *
2: d1 GETMETADATA work /shared/comment
2= d1 NO [NOPERM] *
2: d2 SETMETADATA work (/private/comment "x")
2= d2 NO [NOPERM] *
1: f SETACL work $bob ls
1= f OK *
2: e1 GETMETADATA work /shared/comment
2= * METADATA work (/shared/comment "for Bob")
2= e1 OK *
# nor does one hear of a folder that one may not ask about
2: e2 ENABLE METADATA
2= * ENABLED METADATA
2= e2 OK *
1: g0 SETACL work $bob l
1= g0 OK *
1: g1 SETMETADATA work (/shared/comment "secret")
1= g1 OK *
1: g1b SETMETADATA INBOX (/shared/comment "not secret")
1= g1b OK *
2: e3 NOOP
2= * METADATA INBOX /shared/comment
2= e3 OK *
1: g SETACL work $bob r
1= g OK *
2: f GETMETADATA work /shared/comment
2= f NO [NONEXISTENT] *
# what folders are for is the mailbox's: "a" on the mailbox itself
2: g1 SETMETADATA Archive (/private/specialuse "\\\\Archive \\\\Junk")
2* g1 OK *
1: g2 SETACL "" $bob lrk
1* g2 OK *
2: g2 SETMETADATA Archive (/private/specialuse NIL)
2= g2 NO [NOPERM] *
2: g3 CREATE mine (USE (\Sent))
2= g3 NO [NOPERM] *
2: g4 CREATE mine
2= g4 OK *
1: h LOGOUT
1* h OK *
