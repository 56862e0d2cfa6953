# RFC 5257 section 3.4, RFC 4314: "r" for private annotations, "n" to change shared ones
another bob
bourse mailbox grant $box $bob
mail $address Subject: one\r\n\r\n1\r\n
logon 1 imap
1: a SETACL INBOX $bob lr
1= a OK *
1: b SELECT INBOX
1* b OK *
1: c STORE 1 ANNOTATION (/comment (value.priv "alice" value.shared "all"))
1= c OK *
1: d LISTRIGHTS INBOX $bob
1= * LISTRIGHTS INBOX * "" * n *
1= d OK *
connect 2 imap
2= * OK *
2: a LOGIN $bob\\$box $password
2= a OK *
# whoever may only read keeps private ones, and sees shared ones
2: b SELECT INBOX
2? * OK [ANNOTATIONS 65536] *
2= * OK [HIGHESTMODSEQ *] *
2= b OK [READ-ONLY] *
2: c FETCH 1 (ANNOTATION (* value))
2= * 1 FETCH (ANNOTATION (/comment (value.priv NIL value.shared "all")))
2= c OK *
2: d STORE 1 ANNOTATION (/comment (value.priv "bob"))
2= d OK *
2: e STORE 1 ANNOTATION (/comment (value.priv "no" value.shared "no"))
2= e NO [NOPERM] *"n"*
2: f FETCH 1 (ANNOTATION (* value))
2= * 1 FETCH (ANNOTATION (/comment (value.priv "bob" value.shared "all")))
2= f OK *
1: e NOOP
1* e OK *
1: f FETCH 1 (ANNOTATION (* (value size)))
1= * 1 FETCH (ANNOTATION (/comment (value.priv "alice" value.shared "all" size.priv "5" size.shared "3")))
1= f OK *
# n: the folder can be changed
1: g SETACL INBOX $bob lrn
1= g OK *
1: h GETACL INBOX
1= * ACL INBOX *lrn*
1= h OK *
2: g SELECT INBOX
2? * OK [ANNOTATIONS 65536] *
2= * OK [HIGHESTMODSEQ *] *
2= g OK [READ-WRITE] *
2: h STORE 1 ANNOTATION (/comment (value.shared "both"))
2= h OK *
2: i STORE 1 +FLAGS (\\Seen)
2= i NO *
# into a folder: i to append, n for shared ones beside it
1: i SETACL Archive $bob lri
1* i OK *
2: j APPEND Archive ANNOTATION (/comment (value.shared "x")) {lit:Subject: x\r\n\r\n}
2= j NO [NOPERM] *"n"*
2: k APPEND Archive ANNOTATION (/comment (value.priv "x")) {lit:Subject: x\r\n\r\n}
2= k OK *
2: l COPY 1 Archive
2= l OK *
2: m SELECT Archive
2* m OK *
2: n FETCH 1:2 (ANNOTATION (* value))
2= * 1 FETCH (ANNOTATION (/comment (value.priv "x" value.shared NIL)))
2= * 2 FETCH (ANNOTATION (/comment (value.priv "bob" value.shared NIL)))
2= n OK *
1: j SETACL Archive $bob in
1* j OK *
2: o NOOP
2* * BYE *
1: k LOGOUT
1* k OK *
