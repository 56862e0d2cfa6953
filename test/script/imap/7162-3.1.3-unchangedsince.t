# RFC 7162 section 3.1.3: STORE (UNCHANGEDSINCE), MODIFIED
mail $address Subject: one\r\n\r\n1\r\n
mail $address Subject: two\r\n\r\n2\r\n
mail $address Subject: three\r\n\r\n3\r\n
mail $address Subject: four\r\n\r\n4\r\n
logon 1 imap
logon 2 imap
1: a SELECT INBOX (CONDSTORE)
1? * OK [HIGHESTMODSEQ $m] *
1= a OK *
2: a SELECT INBOX
2* a OK *
# all pass: a FETCH with MODSEQ for each even with .SILENT
1: b UID STORE 3,1 (UNCHANGEDSINCE $m) +FLAGS.SILENT (\Answered)
1= * 1 FETCH (UID 1 MODSEQ ($m2))
1= * 3 FETCH (UID 3 MODSEQ ($m2))
1= b OK UID STORE completed
# the second session changes one meanwhile: it fails, and the flags it has are told
2: b STORE 2 +FLAGS.SILENT (\Flagged)
2? b OK *
1: c STORE 2:4 (UNCHANGEDSINCE $m) +FLAGS.SILENT (\Deleted)
1= * 2 FETCH (UID 2 FLAGS (\Flagged*) MODSEQ ($m3))
1= * 3 FETCH (UID 3 FLAGS (\Answered*) MODSEQ ($m2))
1= * 4 FETCH (UID 4 MODSEQ ($m4))
1= * 2 FETCH (UID 2 FLAGS (\Flagged*) MODSEQ ($m3))
1= c OK [MODIFIED 2:3] *
1: d UID STORE 1:4 (UNCHANGEDSINCE $m3) +FLAGS ($work)
1? * 1 FETCH (UID 1 FLAGS (\Answered * $work) MODSEQ ($m5))
1= * 2 FETCH (UID 2 FLAGS (\Flagged * $work) MODSEQ ($m5))
1= * 3 FETCH (UID 3 FLAGS (\Answered * $work) MODSEQ ($m5))
1= * 4 FETCH (UID 4 FLAGS (\Deleted*) MODSEQ ($m4))
1= d OK [MODIFIED 4] *
# 0: always fails for what is there
1: e STORE 1 (UNCHANGEDSINCE 0) +FLAGS.SILENT ($work)
1= * 1 FETCH (UID 1 FLAGS (\Answered * $work) MODSEQ ($m5))
1= e OK [MODIFIED 1] *
# a message named twice does not fail the second time
1: f STORE 2,1:3 (UNCHANGEDSINCE $m5) +FLAGS.SILENT (\Seen)
1= * 1 FETCH (UID 1 MODSEQ ($m6))
1= * 2 FETCH (UID 2 MODSEQ ($m6))
1= * 3 FETCH (UID 3 MODSEQ ($m6))
1= f OK STORE completed
# section 3.1.11: what is set already is no change
1: g STORE 1 (UNCHANGEDSINCE $m6) +FLAGS.SILENT (\Seen)
1= * 1 FETCH (UID 1 MODSEQ ($m6))
1= g OK STORE completed
1: h STORE 1 +FLAGS.SILENT (\Seen)
1= h OK STORE completed
# a plain STORE has its modseq told as well, silent or not
1: i STORE 1 -FLAGS.SILENT (\Seen)
1= * 1 FETCH (UID 1 MODSEQ ($m7))
1= i OK STORE completed
1: j STORE 1 +FLAGS (\Seen)
1= * 1 FETCH (UID 1 FLAGS (\Answered \Seen*) MODSEQ ($m8))
1= j OK STORE completed
# expunged by another session: NO, and what failed (RFC 2180 section 4.2)
2: c STORE 4 +FLAGS.SILENT (\Deleted)
2? c OK *
2: d EXPUNGE
2? d OK *
2: e STORE 3 -FLAGS.SILENT (\Seen)
2= e OK *
1: k STORE 1:4 (UNCHANGEDSINCE $m8) +FLAGS.SILENT (\Draft)
1= * 1 FETCH (UID 1 MODSEQ ($m9))
1= * 2 FETCH (UID 2 MODSEQ ($m9))
1= * 3 FETCH (UID 3 FLAGS (\Answered*) MODSEQ ($m10))
1? k NO [MODIFIED 3] *
# what the UIDs of others are is passed over
1: l UID STORE 99 (UNCHANGEDSINCE $m8) +FLAGS (\Draft)
1? l OK UID STORE completed
1: m STORE 1 (UNCHANGEDSINCE) +FLAGS (\Seen)
1= m BAD *
1: n STORE 1 (UNCHANGEDSINCE 1 UNCHANGEDSINCE 2) +FLAGS (\Seen)
1= n BAD *
1: o STORE 1 (UNCHANGEDSINCE 9223372036854775808) +FLAGS (\Seen)
1= o BAD *
1: p STORE 1 (CHANGEDSINCE 1) +FLAGS (\Seen)
1= p BAD *
