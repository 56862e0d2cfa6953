# RFC 7162 section 3.2.6: UID FETCH (CHANGEDSINCE VANISHED)
mail $address Subject: one\r\n\r\n1\r\n
mail $address Subject: two\r\n\r\n2\r\n
mail $address Subject: three\r\n\r\n3\r\n
mail $address Subject: four\r\n\r\n4\r\n
mail $address Subject: five\r\n\r\n5\r\n
logon 1 imap
logon 2 imap
1: a ENABLE QRESYNC
1= * ENABLED QRESYNC
1= a OK *
1: b SELECT INBOX
1? * OK [HIGHESTMODSEQ $m] *
1= b OK *
1: c STORE 2,5 +FLAGS.SILENT (\Deleted)
1= * 2 FETCH (UID 2 MODSEQ *
1= * 5 FETCH (UID 5 MODSEQ *
1= c OK *
1: d UID EXPUNGE 2,5
1= * VANISHED 2,5
1= d OK [HIGHESTMODSEQ $m2] *
1: e STORE 1 +FLAGS.SILENT (\Seen)
1= * 1 FETCH (UID 1 MODSEQ ($m3))
1= e OK *
# what is gone first; the star means the last message that there was
1: f UID FETCH 1:* (FLAGS) (CHANGEDSINCE $m VANISHED)
1= * VANISHED (EARLIER) 2,5
1= * 1 FETCH (UID 1 FLAGS (\Seen*) MODSEQ ($m3))
1= f OK *
1: g UID FETCH 3:5 (FLAGS) (VANISHED CHANGEDSINCE $m)
1= * VANISHED (EARLIER) 5
1= g OK *
1: h UID FETCH 1:* (FLAGS) (CHANGEDSINCE $m2 VANISHED)
1= * 1 FETCH (UID 1 FLAGS (\Seen*) MODSEQ ($m3))
1= h OK *
# a message that still has its number is told of when that goes, and only then
2: a SELECT INBOX
2* a OK *
2: b STORE 2 +FLAGS.SILENT (\Deleted)
2= b OK *
2: c EXPUNGE
2? c OK *
1: i UID FETCH 1:3 (FLAGS) (CHANGEDSINCE $m3 VANISHED)
1? * VANISHED 3
1? i OK *
1: j UID FETCH 1:3 (FLAGS) (CHANGEDSINCE $m3 VANISHED)
1= * VANISHED (EARLIER) 3
1= j OK *
# not with FETCH, not without CHANGEDSINCE
1: k FETCH 1:* (FLAGS) (CHANGEDSINCE $m VANISHED)
1= k BAD *
1: l UID FETCH 1:* (FLAGS) (VANISHED)
1= l BAD *
