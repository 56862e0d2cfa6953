# RFC 7162 sections 3.2.3, 3.2.4 and 3.2.10: ENABLE QRESYNC; VANISHED in place of EXPUNGE, UID and MODSEQ in every FETCH nobody asked for
mail $address Subject: one\r\n\r\n1\r\n
mail $address Subject: two\r\n\r\n2\r\n
mail $address Subject: three\r\n\r\n3\r\n
mail $address Subject: four\r\n\r\n4\r\n
mail $address Subject: five\r\n\r\n5\r\n
logon 1 imap
logon 2 imap
1: a CAPABILITY
1= * CAPABILITY * QRESYNC *
1= a OK *
1: b SELECT INBOX (QRESYNC (1 1))
1= b BAD *
1: c ENABLE CONDSTORE QRESYNC
1= * ENABLED CONDSTORE QRESYNC
1= c OK *
1: d SELECT INBOX
1? * OK [HIGHESTMODSEQ $m] *
1= d OK *
2: a SELECT INBOX
2* a OK *
2: b STORE 1,3 +FLAGS.SILENT (\Deleted)
2= b OK *
2: c EXPUNGE
2= * 3 EXPUNGE
2= * 1 EXPUNGE
2= c OK EXPUNGE completed
# section 3.2.10.2: not while numbers are in use, and not unasked
1_ 0.2
1: e FETCH 2 (UID)
1= * 2 FETCH (UID 2)
1= e OK *
1: f NOOP
1= * VANISHED 1,3
1= f OK [HIGHESTMODSEQ $m2] NOOP completed
# what came and went before this session was told of it is not spoken of
2: d COPY 1 INBOX
2? d OK *
2: e STORE 4 +FLAGS.SILENT (\Deleted)
2= e OK *
2: f EXPUNGE
2? f OK *
1: g NOOP
1= g OK NOOP completed
# in IDLE
1: h IDLE
1= + *
2: g STORE 1 +FLAGS.SILENT (\Deleted)
2= g OK *
1= * 1 FETCH (UID 2 FLAGS (\Deleted*) MODSEQ ($m4))
2: h EXPUNGE
2= * 1 EXPUNGE
2= h OK *
1= * VANISHED 2
1: DONE
1= h OK [HIGHESTMODSEQ $m5] IDLE completed
1: i FETCH 1:* (UID)
1= * 1 FETCH (UID 4)
1= * 2 FETCH (UID 5)
1= i OK *
# section 3.2.10.2: nor while a UID SEARCH with message numbers is answered
2: i NOOP
2* i OK *
2: j STORE 1 +FLAGS.SILENT (\Deleted)
2= j OK *
2: k EXPUNGE
2* k OK *
1: j UID SEARCH 2
1= * SEARCH 5
1= j OK UID SEARCH completed
1: k UID SEARCH ALL
1= * SEARCH 5
1= * VANISHED 4
1= k OK [HIGHESTMODSEQ *
