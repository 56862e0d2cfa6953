# RFC 5257 sections 3.2 and 4.5: ANNOTATION in STORE; names and values that cannot be; RFC 7162: modseqs
mail $address Subject: one\r\n\r\n1\r\n
mail $address Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\n
mail $address Subject: three\r\n\r\n3\r\n
logon 1 imap
1: a SELECT INBOX
1* a OK *
# nothing is told of it
1: b STORE 1:2 ANNOTATION (/comment (value.priv "My new comment" value.shared "foo's bar"))
1= b OK STORE completed
1: c UID STORE 3 ANNOTATION (/comment (value.priv "Get tix Tuesday") /altsubject (value.priv "Wots On"))
1= c OK UID STORE completed
1: d FETCH 1:3 (ANNOTATION (* value))
1= * 1 FETCH (ANNOTATION (/comment (value.priv "My new comment" value.shared "foo's bar")))
1= * 2 FETCH (ANNOTATION (/comment (value.priv "My new comment" value.shared "foo's bar")))
1= * 3 FETCH (ANNOTATION (/altsubject (value.priv "Wots On" value.shared NIL) /comment (value.priv "Get tix Tuesday" value.shared NIL)))
1= d OK *
# NIL takes one value away; an empty one is a value
1: e STORE 1 ANNOTATION (/comment (value.shared NIL))
1= e OK *
1: f STORE 2 ANNOTATION (/comment (value.priv NIL value.shared ""))
1= f OK *
1: g FETCH 1:2 (ANNOTATION (* value))
1= * 1 FETCH (ANNOTATION (/comment (value.priv "My new comment" value.shared NIL)))
1= * 2 FETCH (ANNOTATION (/comment (value.priv NIL value.shared "")))
1= g OK *
# of several about the same the last one counts
1: h STORE 1 ANNOTATION (/comment (value.priv "1" value.priv "2") /comment (value.priv {1+}\r\n3))
1= h OK *
1: i FETCH 1 (ANNOTATION (/comment value.priv))
1= * 1 FETCH (ANNOTATION (/comment (value.priv "3")))
1= i OK *
# parts of the message: all or none of what is not there
1: j STORE 2 ANNOTATION (/2/comment (value.priv "x") /1/flags/seen (value.shared "1") /1/vendor/a (value.priv "y"))
1= j OK *
1: k STORE 1:3 ANNOTATION (/2/comment (value.priv "z"))
1= k BAD *
1: l STORE 1,3 ANNOTATION (/1/flags/answered (value.priv "0"))
1= l OK *
1: m FETCH 1:3 (ANNOTATION (/%/* value))
1= * 1 FETCH (ANNOTATION (/1/flags/answered (value.priv "0" value.shared NIL)))
1= * 2 FETCH (ANNOTATION (/1/flags/seen (value.priv NIL value.shared "1") /1/vendor/a (value.priv "y" value.shared NIL) /2/comment (value.priv "x" value.shared NIL)))
1= * 3 FETCH (ANNOTATION (/1/flags/answered (value.priv "0" value.shared NIL)))
1= m OK *
# what is no name, no attribute that can be set, no value
1: n1 STORE 1 ANNOTATION (/1/flags/seen (value.priv "yes"))
1= n1 BAD *
1: n2 STORE 1 ANNOTATION (/flags/seen (value.priv "1"))
1= n2 BAD *
1: n3 STORE 1 ANNOTATION (/other (value.priv "1"))
1= n3 BAD *
1: n4 STORE 1 ANNOTATION (/comment (value "1"))
1= n4 BAD *
1: n5 STORE 1 ANNOTATION (/comment (size.priv "1"))
1= n5 BAD *
1: n6 STORE 1 ANNOTATION (/com%nt (value.priv "1"))
1= n6 BAD *
1: n7 STORE 1 ANNOTATION (/01/comment (value.priv "1"))
1= n7 BAD *
1: n8 STORE 1 ANNOTATION ("/vendor/\xc3\xa4" (value.priv "1"))
1= n8 BAD *
1: n9 STORE 1 ANNOTATION (/comment (value.priv atom))
1= n9 BAD *
1: n10 STORE 1 ANNOTATION ()
1= n10 BAD *
1: n11 STORE 1 +ANNOTATION (/comment (value.priv "1"))
1= n11 BAD *
1: n12 STORE 1 ANNOTATION (/comment (value.priv {1+}\r\n\0))
1= n12 BAD *
1: n13 STORE 9 ANNOTATION (/comment (value.priv "1"))
1= n13 BAD *
# RFC 7162: each change is one, and told by its modseq; UNCHANGEDSINCE holds for them
1: o FETCH 1:3 (MODSEQ)
1? * OK [HIGHESTMODSEQ *] *
1= * 1 FETCH (MODSEQ ($m))
1= * 2 FETCH (MODSEQ (*))
1= * 3 FETCH (MODSEQ ($m))
1= o OK *
1: p STORE 1 ANNOTATION (/altsubject (value.shared "new"))
1= * 1 FETCH (UID 1 MODSEQ ($n))
1= p OK STORE completed
1: q STORE 1,3 (UNCHANGEDSINCE $m) ANNOTATION (/altsubject (value.shared "newer"))
1& * 1 FETCH (UID 1 FLAGS (*) MODSEQ ($n))
1& * 3 FETCH (UID 3 MODSEQ ($o))
1= q OK [MODIFIED 1] *
1: r FETCH 1:3 (ANNOTATION (/altsubject value.shared)) (CHANGEDSINCE $m)
1= * 1 FETCH (MODSEQ ($n) ANNOTATION (/altsubject (value.shared "new")))
1= * 3 FETCH (MODSEQ ($o) ANNOTATION (/altsubject (value.shared "newer")))
1= r OK *
# what is so already is no change
1: s STORE 1 ANNOTATION (/altsubject (value.shared "new"))
1= s OK STORE completed
# flags stay what they are, and the other way round
1: t STORE 1 +FLAGS.SILENT (\Flagged)
1= * 1 FETCH (UID 1 MODSEQ (*))
1= t OK *
1: u FETCH 1 (FLAGS ANNOTATION (/comment value.priv))
1= * 1 FETCH (FLAGS (*\Flagged*) ANNOTATION (/comment (value.priv "3")))
1= u OK *
1: v LOGOUT
1* v OK *
# they are kept
logon 2 imap
2: a SELECT INBOX
2* a OK *
2: b FETCH 1 (ANNOTATION (/altsubject value.shared))
2= * 1 FETCH (ANNOTATION (/altsubject (value.shared "new")))
2= b OK *
2: c LOGOUT
2* c OK *
