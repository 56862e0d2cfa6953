# RFC 7162 sections 3.1, 3.1.2 and 3.1.8: the commands that say the client knows of modseqs, and what it is told from then on
mail $address Subject: one\r\n\r\n1\r\n
mail $address Subject: two\r\n\r\n2\r\n
logon 1 imap
logon 2 imap
1: a CAPABILITY
1= * CAPABILITY * CONDSTORE *
1= a OK *
2: a SELECT INBOX
2* a OK *
# HIGHESTMODSEQ with every SELECT and EXAMINE
1: b SELECT INBOX
1? * OK [HIGHESTMODSEQ $m] *
1= b OK [READ-WRITE] *
1: c EXAMINE INBOX
1? * OK [HIGHESTMODSEQ $m] *
1= c OK [READ-ONLY] *
# not yet: no modseq
2: b STORE 1 +FLAGS (\Flagged)
2= * 1 FETCH (FLAGS (\Flagged*))
2= b OK *
1: d NOOP
1= * 1 FETCH (FLAGS (\Flagged))
1= d OK *
# ENABLE with a folder selected: HIGHESTMODSEQ of it
1: e ENABLE CONDSTORE
1= * ENABLED CONDSTORE
1= * OK [HIGHESTMODSEQ $m2] *
1= e OK *
1: f ENABLE CONDSTORE
1= * ENABLED
1= f OK *
2: c STORE 2 +FLAGS (\Flagged $new)
2? * 2 FETCH (FLAGS (\Flagged * $new))
2= c OK *
1: g NOOP
1= * FLAGS (* $new)
1= * OK [PERMANENTFLAGS *
# section 3.2.4: UID and MODSEQ in what nobody asked for
1= * 2 FETCH (UID 2 FLAGS (\Flagged $new) MODSEQ ($m3))
1= g OK *
# the others that switch it on: SELECT (CONDSTORE)
logon 3 imap
3: a SELECT INBOX (CONDSTORE)
3? * OK [HIGHESTMODSEQ $m3] *
3= a OK [READ-WRITE] *
3: b STORE 1 -FLAGS (\Flagged)
3= * 1 FETCH (UID 1 FLAGS () MODSEQ ($m4))
3= b OK *
3: c UNSELECT
3= c OK *
# STATUS (HIGHESTMODSEQ), FETCH MODSEQ, SEARCH MODSEQ, FETCH CHANGEDSINCE, STORE UNCHANGEDSINCE, each as the first of its session
logon 4 imap
4: a EXAMINE INBOX
4* a OK *
4: b STATUS Drafts (HIGHESTMODSEQ)
4= * OK [HIGHESTMODSEQ $m4] *
4= * STATUS Drafts (HIGHESTMODSEQ *)
4= b OK *
logon 5 imap
5: a EXAMINE INBOX
5* a OK *
5: b FETCH 1 (MODSEQ)
5= * OK [HIGHESTMODSEQ $m4] *
5= * 1 FETCH (MODSEQ ($m4))
5= b OK *
logon 6 imap
6: a EXAMINE INBOX
6* a OK *
6: b SEARCH MODSEQ $m4
6= * OK [HIGHESTMODSEQ $m4] *
6= * SEARCH 1 (MODSEQ $m4)
6= b OK *
logon 7 imap
7: a EXAMINE INBOX
7* a OK *
7: b FETCH 1:* (FLAGS) (CHANGEDSINCE $m3)
7= * OK [HIGHESTMODSEQ $m4] *
7= * 1 FETCH (FLAGS () MODSEQ ($m4))
7= b OK *
logon 8 imap
8: a SELECT INBOX
8* a OK *
8: b STORE 1 (UNCHANGEDSINCE $m4) +FLAGS.SILENT (\Seen)
8= * OK [HIGHESTMODSEQ $m4] *
8= * 1 FETCH (UID 1 MODSEQ ($m5))
8= b OK *
# it stays on when another folder is selected
8: c SELECT Drafts
8* c OK *
8: d SELECT INBOX
8* d OK *
3: d SELECT INBOX
3* d OK *
3: e STORE 2 FLAGS ()
3= * 2 FETCH (UID 2 FLAGS () MODSEQ ($m6))
3= e OK *
8: e NOOP
8= * 2 FETCH (UID 2 FLAGS () MODSEQ ($m6))
8= e OK *
# a SELECT with what is no parameter selects nothing
1: h SELECT INBOX (CONDSTOR)
1= h BAD *
1: i SELECT INBOX (CONDSTORE CONDSTORE)
1= i BAD *
1: j SELECT INBOX ()
1= j BAD *
1: k SELECT INBOX (CONDSTORE
1= k BAD *
