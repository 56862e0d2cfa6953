# RFC 9586 section 3: ENABLE UIDONLY: no message numbers, neither in commands nor in answers
mail $address Subject: one\r\n\r\n1\r\n
mail $address Subject: two\r\n\r\n2\r\n
mail $address Subject: three\r\n\r\n3\r\n
logon 1 imap
logon 2 imap
1: a CAPABILITY
1= * CAPABILITY * UIDONLY*
1= a OK *
2: a SELECT INBOX
2* a OK *
2: b STORE 1 +FLAGS.SILENT (\Deleted)
2= b OK *
2: c EXPUNGE
2= * 1 EXPUNGE
2= c OK *
1: b ENABLE UIDONLY
1= * ENABLED UIDONLY
1= b OK *
# no UNSEEN: it would be a number
1: c SELECT INBOX
1= * FLAGS *
1= * OK [PERMANENTFLAGS *
1= * 2 EXISTS
1= * 0 RECENT
1= * OK [URLMECH INTERNAL] *
1= * OK [MAILBOXID *
1= * OK [UIDVALIDITY $v] *
1= * OK [UIDNEXT 4] *
1= * OK [ANNOTATIONS 65536] *
1= * OK [HIGHESTMODSEQ *
1= c OK [READ-WRITE] *
# section 3.1: BAD with UIDREQUIRED
1: d FETCH 1 (FLAGS)
1= d BAD [UIDREQUIRED] *   ## ERR_UIDREQUIRED
1: e STORE 1 +FLAGS (\Seen)
1= e BAD [UIDREQUIRED] *
1: f SEARCH ALL
1= f BAD [UIDREQUIRED] *
1: g COPY 1 Trash
1= g BAD [UIDREQUIRED] *
1: h MOVE 1 Trash
1= h BAD [UIDREQUIRED] *
1: i SORT (ARRIVAL) UTF-8 ALL
1= i BAD [UIDREQUIRED] *
1: j THREAD ORDEREDSUBJECT UTF-8 ALL
1= j BAD [UIDREQUIRED] *
1: k UID SEARCH 1:2
1= k BAD [UIDREQUIRED] *
1: l UID SEARCH NOT 1
1= l BAD [UIDREQUIRED] *
# section 3.3: UIDFETCH, without the UID that stands in front unless it is asked for
1: m UID FETCH 1:* (FLAGS)
1= * 2 UIDFETCH (FLAGS (*))
1= * 3 UIDFETCH (FLAGS (*))
1= m OK *
1: n UID FETCH 3 (UID RFC822.SIZE BODY.PEEK[TEXT])
1= * 3 UIDFETCH (UID 3 RFC822.SIZE * BODY[TEXT] {3}
1= 3
1= )
1= n OK *
1: o UID STORE 2 +FLAGS (\Seen)
1= * 2 UIDFETCH (FLAGS (\Seen*))
1= o OK *
1: p UID STORE 2 (UNCHANGEDSINCE 1) +FLAGS.SILENT (\Flagged)
1= * OK [HIGHESTMODSEQ *
1= * 2 UIDFETCH (FLAGS (\Seen*) MODSEQ (*))
1= p OK [MODIFIED 2] *
1: q UID SEARCH UID 2:3
1= * SEARCH 2 3
1= q OK *
1: r UID SEARCH RETURN (ALL) SEEN
1= * ESEARCH (TAG "r") UID ALL 2
1= r OK *
# what other sessions do
2: d STORE 1 +FLAGS.SILENT (\Deleted)
2? d OK *
2: e EXPUNGE
2* e OK *
2: f STORE 1 +FLAGS.SILENT (\Flagged)
2= f OK *
1: s NOOP
1= * VANISHED 2
1= * 3 UIDFETCH (FLAGS (\Flagged*) MODSEQ (*))
1= s OK *
1: t UID STORE 3 +FLAGS.SILENT (\Deleted)
1= * 3 UIDFETCH (MODSEQ (*))
1= t OK *
1: u EXPUNGE
1= * VANISHED 3
1= u OK *
# message numbers that a client knows uids of are numbers, too
1: w ENABLE QRESYNC
1= * ENABLED QRESYNC
1= w OK *
1: x SELECT INBOX (QRESYNC ($v 1 1:3 (1 1)))
1= x BAD [UIDREQUIRED] *
1: y SELECT INBOX (QRESYNC ($v 1 1:3))
1? * VANISHED (EARLIER) 1:3
1= y OK *
# with NOTIFY (RFC 5465) as well
1: z NOTIFY SET (selected (MessageNew (FLAGS) MessageExpunge FlagChange))
1= z OK *
mail $address Subject: four\r\n\r\n4\r\n
1= * 1 EXISTS
1= * 1 RECENT
1= * 4 UIDFETCH (FLAGS (\Recent))
2: g NOOP
2* g OK *
2: h STORE 1 +FLAGS.SILENT (\Deleted)
2= h OK *
1= * 4 UIDFETCH (FLAGS (\Deleted*) MODSEQ (*))
2: i EXPUNGE
2* i OK *
1= * VANISHED 4
