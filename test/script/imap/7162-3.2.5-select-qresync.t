# RFC 7162 sections 3.2.5 and 3.2.10.1: SELECT and EXAMINE (QRESYNC)
mail $address Subject: one\r\n\r\n1\r\n
mail $address Subject: two\r\n\r\n2\r\n
mail $address Subject: three\r\n\r\n3\r\n
mail $address Subject: four\r\n\r\n4\r\n
mail $address Subject: five\r\n\r\n5\r\n
mail $address Subject: six\r\n\r\n6\r\n
logon 1 imap
logon 2 imap
1: a ENABLE QRESYNC
1= * ENABLED QRESYNC
1= a OK *
1: b SELECT INBOX
1? * OK [UIDVALIDITY $v] *
1? * OK [HIGHESTMODSEQ $m] *
1= b OK *
1: c UNSELECT
1= c OK *
# nothing has happened since
1: d SELECT INBOX (QRESYNC ($v $m))
1? * OK [HIGHESTMODSEQ $m] *
1= d OK [READ-WRITE] *
2: a SELECT INBOX
2* a OK *
2: b STORE 2,4,5 +FLAGS.SILENT (\Deleted)
2= b OK *
2: c EXPUNGE
2* c OK *
2: d STORE 2 +FLAGS.SILENT (\Seen $done)
2? d OK *
# all of it: what is gone first, then what was changed; the response codes of section 3.2.11 in front
1: e SELECT INBOX (QRESYNC ($v $m))
1= * OK [CLOSED] *
1? * FLAGS *
1= * OK [PERMANENTFLAGS *
1= * 3 EXISTS
1= * 0 RECENT
1= * OK [UNSEEN 1] *
1= * OK [URLMECH INTERNAL] *
1= * OK [MAILBOXID *
1= * OK [UIDVALIDITY $v] *
1= * OK [UIDNEXT 7] *
1= * OK [ANNOTATIONS 65536] *
1= * OK [HIGHESTMODSEQ $m2] *
1= * VANISHED (EARLIER) 2,4:5
1= * 2 FETCH (UID 3 FLAGS (\Seen $done) MODSEQ ($m2))
1= e OK [READ-WRITE] *
# only of the uids the client knows
1: f EXAMINE INBOX (QRESYNC ($v $m 1:2,6))
1? * OK [HIGHESTMODSEQ $m2] *
1= * VANISHED (EARLIER) 2
1= f OK [READ-ONLY] *
1: g EXAMINE INBOX (QRESYNC ($v $m 3:4))
1? * OK [HIGHESTMODSEQ $m2] *
1= * VANISHED (EARLIER) 4
1= * 2 FETCH (UID 3 FLAGS (\Seen $done) MODSEQ ($m2))
1= g OK [READ-ONLY] *
# section 3.2.5.2: message numbers that still are what they were say that below them nothing is gone
1: h EXAMINE INBOX (QRESYNC ($v $m 1:6 (1:2 1,3)))
1? * OK [HIGHESTMODSEQ $m2] *
1= * VANISHED (EARLIER) 4:5
1= * 2 FETCH (UID 3 *
1= h OK *
1: i EXAMINE INBOX (QRESYNC ($v $m (1,3,6 1,3,6)))
1? * OK [HIGHESTMODSEQ $m2] *
1= * VANISHED (EARLIER) 2,4:5
1= * 2 FETCH (UID 3 *
1= i OK *
# another UIDVALIDITY: as if nothing was asked
1: j SELECT INBOX (QRESYNC (4294967295 $m))
1? * OK [UIDVALIDITY $v] *
1? * OK [HIGHESTMODSEQ $m2] *
1= j OK [READ-WRITE] *
# a modseq of the future: nothing has happened since
1: k SELECT INBOX (QRESYNC ($v 9223372036854775807))
1? * OK [HIGHESTMODSEQ $m2] *
1= k OK [READ-WRITE] *
# both parameters
1: l SELECT INBOX (CONDSTORE QRESYNC ($v $m2))
1? * OK [HIGHESTMODSEQ $m2] *
1= l OK [READ-WRITE] *
# new messages are changes, too
mail $address Subject: seven\r\n\r\n7\r\n
1: m SELECT INBOX (QRESYNC ($v $m2))
1? * OK [HIGHESTMODSEQ $m3] *
1= * 4 FETCH (UID 7 FLAGS (\Recent) MODSEQ ($m3))
1= m OK [READ-WRITE] *
# what is not right is BAD
1: n SELECT INBOX (QRESYNC ($v))
1= n BAD *
1: o SELECT INBOX (QRESYNC ($v 0))
1= o BAD *
1: p SELECT INBOX (QRESYNC (0 $m))
1= p BAD *
1: q SELECT INBOX (QRESYNC ($v $m 1:*))
1= q BAD *
1: r SELECT INBOX (QRESYNC ($v $m 1:3 (1:2 1)))
1= r BAD *
1: s SELECT INBOX (QRESYNC ($v $m 1:3 (1:* 1)))
1= s BAD *
1: t SELECT INBOX (QRESYNC $v $m)
1= t BAD *
