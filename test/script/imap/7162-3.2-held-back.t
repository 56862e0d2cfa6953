# RFC 7162 sections 3.2 and 6: modseqs told while a VANISHED with a lower one is held back: HIGHESTMODSEQ stays below it
mail $address Subject: one\r\n\r\n1\r\n
mail $address Subject: two\r\n\r\n2\r\n
mail $address Subject: three\r\n\r\n3\r\n
logon 1 imap
logon 2 imap
1: a ENABLE QRESYNC
1= * ENABLED QRESYNC
1= a OK *
1: b SELECT INBOX
1? * OK [UIDVALIDITY $v] *
1? * OK [HIGHESTMODSEQ $m] *
1= b OK *
2: a SELECT INBOX
2* a OK *
2: b STORE 2 +FLAGS.SILENT (\Deleted)
2= b OK *
1: c NOOP
1= * 2 FETCH (UID 2 FLAGS (\Deleted*) MODSEQ ($m2))
1= c OK *
2: c EXPUNGE
2= * 2 EXPUNGE
2= c OK *
1: d STORE 3 +FLAGS.SILENT (\Seen)
1= * 3 FETCH (UID 3 MODSEQ ($m4))
1= d OK [HIGHESTMODSEQ $m2] *
1: e STORE 1 (UNCHANGEDSINCE 0) +FLAGS.SILENT (\Seen)
1= * 1 FETCH (UID 1 FLAGS * MODSEQ *
1= * OK [HIGHESTMODSEQ $m2] *
1= e OK [MODIFIED 1] *
# a client that comes back with that misses nothing
logon 3 imap
3: a ENABLE QRESYNC
3= * ENABLED QRESYNC
3= a OK *
3: b SELECT INBOX (QRESYNC ($v $m2))
3? * VANISHED (EARLIER) 2
3= * 2 FETCH (UID 3 FLAGS (\Seen*) MODSEQ ($m4))
3= b OK *
1: f NOOP
1= * VANISHED 2
1= f OK [HIGHESTMODSEQ $m4] *
