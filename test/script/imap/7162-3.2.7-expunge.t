# RFC 7162 sections 3.2.7, 3.2.8 and 3.2.9 and RFC 6851 section 4.4: HIGHESTMODSEQ behind EXPUNGE, UID EXPUNGE and MOVE, not behind CLOSE
mail $address Subject: one\r\n\r\n1\r\n
mail $address Subject: two\r\n\r\n2\r\n
mail $address Subject: three\r\n\r\n3\r\n
mail $address Subject: four\r\n\r\n4\r\n
mail $address Subject: five\r\n\r\n5\r\n
logon 1 imap
1: a ENABLE QRESYNC
1= * ENABLED QRESYNC
1= a OK *
1: b SELECT INBOX
1? * OK [UIDVALIDITY $v] *
1? * OK [HIGHESTMODSEQ $m] *
1= b OK *
# nothing to be expunged: no code
1: c EXPUNGE
1= c OK EXPUNGE completed
1: d STORE 1,3 +FLAGS.SILENT (\Deleted)
1= * 1 FETCH (UID 1 MODSEQ ($d))
1= * 3 FETCH (UID 3 MODSEQ ($d))
1= d OK *
1: e UID EXPUNGE 1:2
1= * VANISHED 1
1= e OK [HIGHESTMODSEQ $m2] UID EXPUNGE completed
1: f EXPUNGE
1= * VANISHED 3
1= f OK [HIGHESTMODSEQ $m3] EXPUNGE completed
1: g UID MOVE 2 Trash
1= * OK [COPYUID * 2 1] *
1= * VANISHED 2
1= g OK [HIGHESTMODSEQ $m4] *
1: h STORE 1 +FLAGS.SILENT (\Deleted)
1= * 1 FETCH (UID 4 MODSEQ *
1= h OK *
# a later one than the client has heard of, with what it has not heard
1: i CLOSE
1= i OK CLOSE completed
1: j SELECT INBOX (QRESYNC ($v $m))
1? * OK [HIGHESTMODSEQ $m5] *
1= * VANISHED (EARLIER) 1:4
1= j OK *
1: k SELECT INBOX (QRESYNC ($v $m4))
1? * OK [HIGHESTMODSEQ $m5] *
1= * VANISHED (EARLIER) 4
1= k OK *
# RFC 7162 section 3.2.10: an EXPUNGE is one still where QRESYNC is not on
logon 2 imap
2: a SELECT INBOX
2* a OK *
2: b STORE 1 +FLAGS.SILENT (\Deleted)
2= b OK *
2: c EXPUNGE
2= * 1 EXPUNGE
2= c OK EXPUNGE completed
