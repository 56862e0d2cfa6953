# RFC 3501 sections 7.4.2 and 4.3: envelopes of odd headers; eight bits come in literals; groups
logon 1 imap
# eight bits are taken from those only who can be shown them (RFC 6855 section 4)
logon 2 imap
2: a ENABLE UTF8=ACCEPT
2= * ENABLED UTF8=ACCEPT
2= a OK *
2: b APPEND INBOX {lit:From: Gr\xc3\xbc <a@b.example>\r\nTo: grp: x@y.example, "Q \\"R\\"" <q@y.example>;, last@y.example\r\nSubject: Gr\xc3\xbc\xc3\x9fe\r\nCc: undisclosed:;\r\nSender: s@t.example\r\nReply-To: r@t.example\r\nIn-Reply-To: <1@x.example>\r\n\r\nb\r\n}
2= b OK *
1: b APPEND INBOX {lit:From: a@b.example\r\nSubject:\r\nDate: "quoted"\\\r\n\r\n}
1= b OK *
1: c APPEND INBOX {lit:no header at all\r\n}
1= c OK *
1: d APPEND INBOX {lit:\r\nbody only\r\n}
1= d OK *
1: e SELECT INBOX
1* e OK *
1: f FETCH 1 ENVELOPE
1= * 1 FETCH (ENVELOPE (NIL {7}
1= Grüße (({4}
1= Grü NIL "a" "b.example")) ((NIL NIL "s" "t.example")) ((NIL NIL "r" "t.example")) ((NIL NIL "grp" NIL)(NIL NIL "x" "y.example")("Q \\"R\\"" NIL "q" "y.example")(NIL NIL NIL NIL)(NIL NIL "last" "y.example")) ((NIL NIL "undisclosed" NIL)(NIL NIL NIL NIL)) NIL "<1@x.example>" NIL))
1= f OK *
1: g FETCH 2:4 ENVELOPE
1= * 2 FETCH (ENVELOPE ("\\"quoted\\"\\\\" "" ((NIL NIL "a" "b.example")) ((NIL NIL "a" "b.example")) ((NIL NIL "a" "b.example")) NIL NIL NIL NIL NIL))
1= * 3 FETCH (ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL))
1= * 4 FETCH (ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL))
1= g OK *
# section 6.4.4: an empty string is in every field that is there, empty or not
1: h SEARCH SUBJECT ""
1= * SEARCH 1 2
1= h OK *
1: i SEARCH HEADER Subject ""
1= * SEARCH 1 2
1= i OK *
1: j FETCH 3:4 (BODY.PEEK[HEADER] BODY.PEEK[TEXT])
1= * 3 FETCH (BODY[HEADER] {0}
1=  BODY[TEXT] {18}
1= no header at all
1= )
1= * 4 FETCH (BODY[HEADER] {2}
1= 
1=  BODY[TEXT] {11}
1= body only
1= )
1= j OK *
1: k LOGOUT
1* k OK *
