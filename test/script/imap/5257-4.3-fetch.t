# RFC 5257 sections 3.2, 4.3 and 4.4: ANNOTATION in FETCH: entries, wildcards, attributes; NIL and 0 for what is not there
mail $address Subject: one\r\n\r\n1\r\n
mail $address Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\n
logon 1 imap
1: a SELECT INBOX
1* a OK *
# of a message that has none
1: b FETCH 1 (ANNOTATION (/comment value))
1= * 1 FETCH (ANNOTATION (/comment (value.priv NIL value.shared NIL)))
1= b OK *
1: c FETCH 1 (ANNOTATION (/comment (size value)))
1= * 1 FETCH (ANNOTATION (/comment (value.priv NIL value.shared NIL size.priv "0" size.shared "0")))
1= c OK *
1: d FETCH 1 (FLAGS ANNOTATION (* value))
1= * 1 FETCH (FLAGS (*))
1= d OK *
1: e FETCH 1 (ANNOTATION (/* value))
1= * 1 FETCH (UID 1)
1= e OK *
1: f STORE 1 ANNOTATION (/comment (value.priv "My comment" value.shared "Group note") /altsubject (value.priv "Rhinoceroses!") /vendor/foobar/label (value.shared "label43") /1/comment (value.priv ""))
1= f OK *
1: g FETCH 1 (ANNOTATION (/comment value))
1= * 1 FETCH (ANNOTATION (/comment (value.priv "My comment" value.shared "Group note")))
1= g OK *
1: h UID FETCH 1 (UID ANNOTATION (/* (value.priv size.priv)))
1= * 1 FETCH (UID 1 ANNOTATION (/1/comment (value.priv "" size.priv "0") /altsubject (value.priv "Rhinoceroses!" size.priv "13") /comment (value.priv "My comment" size.priv "10")))
1= h OK *
1: i FETCH 1 (ANNOTATION (/% value.shared))
1= * 1 FETCH (ANNOTATION (/comment (value.shared "Group note")))
1= i OK *
1: j FETCH 1 (ANNOTATION ((/comment /altsubject /comment) value.priv))
1= * 1 FETCH (ANNOTATION (/comment (value.priv "My comment") /altsubject (value.priv "Rhinoceroses!")))
1= j OK *
# each entry once, where it is first meant
1: k FETCH 1 (ANNOTATION ((/a* /comment /% /vendor/*) (value.priv)))
1= * 1 FETCH (ANNOTATION (/altsubject (value.priv "Rhinoceroses!") /comment (value.priv "My comment")))
1= k OK *
1: l FETCH 1 (ANNOTATION (/vendor/% value) ANNOTATION (/vendor/*/label size.shared))
1= * 1 FETCH (ANNOTATION (/vendor/foobar/label (size.shared "7")))
1= l OK *
1: m FETCH 1:2 (ANNOTATION (/comment size.shared) UID RFC822.SIZE)
1= * 1 FETCH (UID 1 RFC822.SIZE * ANNOTATION (/comment (size.shared "10")))
1= * 2 FETCH (UID 2 RFC822.SIZE * ANNOTATION (/comment (size.shared "0")))
1= m OK *
1: n FETCH 1:2 (ANNOTATION (/1/* value.priv) ENVELOPE)
1= * 1 FETCH (ANNOTATION (/1/comment (value.priv "")) ENVELOPE *)
1= * 2 FETCH (ENVELOPE *)
1= n OK *
1: o FETCH 1 (ANNOTATION (/comment value.priv) BODY.PEEK[HEADER.FIELDS (Subject)])
1= * 1 FETCH (ANNOTATION (/comment (value.priv "My comment")) BODY[HEADER.FIELDS (Subject)] {*}
1= Subject: one
1=
1= )
1= o OK *
# a value of any octets, and a name that is no atom
1: p STORE 1 ANNOTATION ("/vendor/a b/c" (value.priv ~{5+}\r\nx\0\r\ny))
1= p OK *
1: q FETCH 1 (ANNOTATION ("/vendor/a b/%" value.priv))
1= * 1 FETCH (ANNOTATION ("/vendor/a b/c" (value.priv ~{5}
1= x\0
1= y)))
1= q OK *
# an entry about a part: that there is none is a fault of the client's
1: r FETCH 2 (ANNOTATION ((/2/comment /1/flags/seen) value.priv))
1= * 2 FETCH (ANNOTATION (/2/comment (value.priv NIL) /1/flags/seen (value.priv NIL)))
1= r OK *
1: s FETCH 1:2 (FLAGS ANNOTATION (/2/comment value.priv))
1= * 1 FETCH (FLAGS (*))
1= * 2 FETCH (FLAGS (*) ANNOTATION (/2/comment (value.priv NIL)))
1= s BAD *
1: t FETCH 1 (ANNOTATION (/0/comment value))
1= t BAD *
1: u FETCH 1 (ANNOTATION (//comment value))
1= u BAD *
1: v FETCH 1 (ANNOTATION (/comment/ value))
1= v BAD *
1: w FETCH 1 (ANNOTATION (/comment Value))
1= w BAD *
1: x FETCH 1 (ANNOTATION (/comment value.both))
1= x BAD *
1: y FETCH 1 ANNOTATION
1= y BAD *
# case counts in names
1: z FETCH 1 (ANNOTATION (/Comment value.priv))
1= * 1 FETCH (ANNOTATION (/Comment (value.priv NIL)))
1= z OK *
1: za ENABLE UIDONLY
1= * ENABLED UIDONLY
1= za OK *
1: zb UID FETCH 1 (ANNOTATION (/comment value.shared))
1= * 1 UIDFETCH (ANNOTATION (/comment (value.shared "Group note")))
1= zb OK *
1: zc LOGOUT
1* zc OK *
