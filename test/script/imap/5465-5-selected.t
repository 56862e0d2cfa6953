# RFC 5465 sections 5.1 to 5.3 and 6.1.1: the selected folder, told while no command is under way
mail $address Subject: one\r\n\r\n1\r\n
mail $address Subject: two\r\n\r\n2\r\n
logon 1 imap
logon 2 imap
1: a SELECT INBOX
1* a OK *
2: a SELECT INBOX
2* a OK *
# section 3.1: an implicit NOOP
2: b STORE 1 +FLAGS.SILENT (\Flagged)
2= b OK *
1: b NOTIFY SET (selected (MessageNew (UID BODY.PEEK[HEADER.FIELDS (Subject)]) MessageExpunge FlagChange))
1= * 1 FETCH (FLAGS (\Flagged*))
1= b OK *
mail $address Subject: three\r\n\r\n3\r\n
1= * 3 EXISTS
1= * * RECENT
1= * 3 FETCH (UID 3 BODY[HEADER.FIELDS (Subject)] {18}
1= Subject: three
1= 
1= )
2: c STORE 2 +FLAGS.SILENT (\Seen)
2? c OK *
1= * 2 FETCH (FLAGS (\Seen*))
2: d STORE 1 +FLAGS.SILENT (\Deleted)
2= d OK *
1= * 1 FETCH (FLAGS (*\Deleted*))
2: e EXPUNGE
2= * 1 EXPUNGE
2= e OK *
1= * 1 EXPUNGE
# section 5.2: no FETCH of what the client itself has added
1: c COPY 1 INBOX
1= * 3 EXISTS
1= * * RECENT
1= c OK *
1: d APPEND INBOX {lit:Subject: mine\r\n\r\nx}
1= * 4 EXISTS
1= * * RECENT
1= d OK *
# with QRESYNC: VANISHED, and MODSEQ
1: e ENABLE QRESYNC
1= * ENABLED QRESYNC
1= * OK [HIGHESTMODSEQ *
1= e OK *
2: f NOOP
2* f OK *
2: g UID STORE 2 +FLAGS.SILENT (\Deleted)
2= g OK *
1= * 1 FETCH (UID 2 FLAGS (*\Deleted*) MODSEQ (*))
2: h UID EXPUNGE 2
2= * 1 EXPUNGE
2= h OK *
1= * VANISHED 2
# no FlagChange, no FETCH of flags
1: f NOTIFY SET (selected (MessageNew MessageExpunge))
1= f OK *
2: i UID STORE 3 +FLAGS.SILENT (\Draft)
2= i OK *
1_ 0.2
1: g NOOP
1= g OK NOOP completed
mail $address Subject: four\r\n\r\n4\r\n
1= * 4 EXISTS
1= * * RECENT
1_ 0.1
# section 4: IDLE tells what NOTIFY says
1: h IDLE
1= + *
2: j UID STORE 3 +FLAGS.SILENT (\Answered)
2? j OK *
1_ 0.2
mail $address Subject: five\r\n\r\n5\r\n
1= * 5 EXISTS
1= * * RECENT
1: DONE
1= h OK *
1: i NOTIFY SET (selected (MessageNew (FLAGS) MessageExpunge))
1= i OK *
1: j IDLE
1= + *
mail $address Subject: six\r\n\r\n6\r\n
1= * 6 EXISTS
1= * * RECENT
1= * 6 FETCH (UID 8 FLAGS (\Recent))
1: DONE
1= j OK *
# section 3.1: nothing at all of the selected folder, but for what the client itself removes
1: k NOTIFY NONE
1= k OK *
mail $address Subject: seven\r\n\r\n7\r\n
1_ 0.2
1: l NOOP
1= l OK NOOP completed
1: m IDLE
1= + *
1_ 0.2
1: DONE
1= m OK IDLE completed
1: n UID STORE 3 +FLAGS.SILENT (\Deleted)
1= * 1 FETCH (UID 3 MODSEQ (*))
1= n OK *
1: o EXPUNGE
1= * VANISHED 3
1= * 6 EXISTS
1= * * RECENT
1= o OK [HIGHESTMODSEQ *
