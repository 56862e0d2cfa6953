# RFC 3501 section 6.4.5: HEADER.FIELDS, from what is kept beside the message and from the message itself
logon 1 imap
1: a APPEND INBOX {lit:Received: from x\r\n by y\r\nFrom: Fred <fred@example.com>\r\nTo: a@example.org\r\nSubject: a\r\n folded one\r\nX-Twice: 1\r\nto: b@example.org\r\nX-Twice : 2\r\nReceived: from z\r\n\r\nbody\r\n}
1= a OK *
1: b SELECT INBOX
1* b OK *
# fields come as they stand, in the order of the message, whatever the case and order of the names
1: c FETCH 1 BODY.PEEK[HEADER.FIELDS (subject TO)]
1= * 1 FETCH (BODY[HEADER.FIELDS (subject TO)] {65}
1= To: a@example.org
1= Subject: a
1=  folded one
1= to: b@example.org
1= 
1= )
1= c OK *
# a name that is not there, and one that is written oddly
1: d FETCH 1 BODY.PEEK[HEADER.FIELDS (X-NONE X-TWICE)]
1= * 1 FETCH (BODY[HEADER.FIELDS (X-NONE X-TWICE)] {27}
1= X-Twice: 1
1= X-Twice : 2
1= 
1= )
1= d OK *
1: e FETCH 1 BODY.PEEK[HEADER.FIELDS (X-NONE)]
1= * 1 FETCH (BODY[HEADER.FIELDS (X-NONE)] {2}
1= 
1= )
1= e OK *
# what is not kept comes from the message, beside what is
1: f FETCH 1 BODY.PEEK[HEADER.FIELDS (RECEIVED FROM)]
1= * 1 FETCH (BODY[HEADER.FIELDS (RECEIVED FROM)] {76}
1= Received: from x
1=  by y
1= From: Fred <fred@example.com>
1= Received: from z
1= 
1= )
1= f OK *
# a range of it, and more than one
1: g FETCH 1 BODY.PEEK[HEADER.FIELDS (FROM)]<6.4>
1= * 1 FETCH (BODY[HEADER.FIELDS (FROM)]<6> {4}
1= Fred)
1= g OK *
1: h FETCH 1 (UID BODY[HEADER.FIELDS (FROM)] ENVELOPE BODY.PEEK[HEADER.FIELDS (X-TWICE)])
1= * 1 FETCH (UID 1 ENVELOPE (NIL "a folded one" (("Fred" NIL "fred" "example.com")) (("Fred" NIL "fred" "example.com")) (("Fred" NIL "fred" "example.com")) ((NIL NIL "a" "example.org")(NIL NIL "b" "example.org")) NIL NIL NIL NIL) BODY[HEADER.FIELDS (FROM)] {33}
1= From: Fred <fred@example.com>
1= 
1=  BODY[HEADER.FIELDS (X-TWICE)] {27}
1= X-Twice: 1
1= X-Twice : 2
1= 
1= )
1* h OK *
# without PEEK it was read
1: i SEARCH SEEN
1= * SEARCH 1
1= i OK *
