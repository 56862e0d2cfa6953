# RFC 7162 section 3.1.4: FETCH MODSEQ and FETCH (CHANGEDSINCE)
mail $address Subject: one\r\n\r\n1\r\n
mail $address Subject: two\r\n\r\n2\r\n
mail $address Subject: three\r\n\r\n3\r\n
logon 1 imap
1: a SELECT INBOX
1? * OK [HIGHESTMODSEQ $m] *
1= a OK *
1: b FETCH 1:3 (MODSEQ)
1= * OK [HIGHESTMODSEQ $m] *
1= * 1 FETCH (MODSEQ ($a))
1= * 2 FETCH (MODSEQ ($b))
1= * 3 FETCH (MODSEQ ($m))
1= b OK *
1: c FETCH 1:* FLAGS (CHANGEDSINCE $a)
1= * 2 FETCH (FLAGS (*) MODSEQ ($b))
1= * 3 FETCH (FLAGS (*) MODSEQ ($m))
1= c OK *
1: d UID FETCH 1:2 (FLAGS) (CHANGEDSINCE $a)
1= * 2 FETCH (UID 2 FLAGS (*) MODSEQ ($b))
1= d OK *
1: e STORE 1 +FLAGS.SILENT (\Seen)
1= * 1 FETCH (UID 1 MODSEQ ($m2))
1= e OK *
1: f UID FETCH 1:* (FLAGS MODSEQ) (CHANGEDSINCE $m)
1= * 1 FETCH (UID 1 FLAGS (\Seen*) MODSEQ ($m2))
1= f OK *
1: g UID FETCH 1:* (FLAGS) (CHANGEDSINCE $m2)
1= g OK *
# other items as well
1: h FETCH 1:* (BODY.PEEK[TEXT] ENVELOPE) (CHANGEDSINCE $m)
1= * 1 FETCH (MODSEQ ($m2) ENVELOPE (* "one" *) BODY[TEXT] {3}
1= 1
1= )
1= h OK *
# \Seen set on the way has a modseq, and is told with it
1: i FETCH 2 (BODY[TEXT])
1= * 2 FETCH (BODY[TEXT] {3}
1= 2
1= )
1= * 2 FETCH (UID 2 FLAGS (\Seen*) MODSEQ ($m3))
1= i OK *
# from the beginning, and a set that names no message
1: j FETCH 1:3 (FLAGS) (CHANGEDSINCE 0)
1= * 1 FETCH *
1= * 2 FETCH *
1= * 3 FETCH *
1= j OK *
1: k FETCH 4 (FLAGS) (CHANGEDSINCE 1)
1= k BAD *
1: l FETCH 1 (FLAGS) (CHANGEDSINCE)
1= l BAD *
1: m FETCH 1 (FLAGS) (CHANGEDSINCE 1 CHANGEDSINCE 2)
1= m BAD *
1: n FETCH 1 (FLAGS) (UNCHANGEDSINCE 1)
1= n BAD *
1: o FETCH 1 (FLAGS) (CHANGEDSINCE 1
1= o BAD *
# sections 3.2.3 and 3.2.6: VANISHED not without ENABLE QRESYNC
1: p UID FETCH 1:* (FLAGS) (CHANGEDSINCE 1 VANISHED)
1= p BAD *
