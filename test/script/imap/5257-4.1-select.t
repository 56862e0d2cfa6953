# RFC 5257 sections 4.1 and 4.2: the capability, ANNOTATIONS in SELECT and EXAMINE, the parameter ANNOTATE
mail $address Subject: one\r\n\r\n1\r\n
logon 1 imap
1: a CAPABILITY
1= * CAPABILITY * RIGHTS=kxten * ANNOTATE-EXPERIMENT-1*
1= a OK *
1: b SELECT INBOX
1? * OK [ANNOTATIONS 65536] *
1= * OK [HIGHESTMODSEQ *] *
1= b OK [READ-WRITE] *
1: c SELECT INBOX (ANNOTATE)
1? * OK [ANNOTATIONS 65536] *
1= * OK [HIGHESTMODSEQ *] *
1= c OK [READ-WRITE] *
1: d SELECT INBOX (annotate CONDSTORE)
1? * OK [ANNOTATIONS 65536] *
1= * OK [HIGHESTMODSEQ *] *
1= d OK [READ-WRITE] *
1: e STORE 1 ANNOTATION (/comment (value.priv "x"))
1= * 1 FETCH (UID 1 MODSEQ (*))
1= e OK STORE completed
# in EXAMINE nothing changes
1: f EXAMINE INBOX (ANNOTATE)
1? * OK [ANNOTATIONS READ-ONLY] *
1= * OK [HIGHESTMODSEQ *] *
1= f OK [READ-ONLY] *
1: g STORE 1 ANNOTATION (/comment (value.priv "y"))
1= g NO *
1: h FETCH 1 (ANNOTATION (/comment value.priv))
1= * 1 FETCH (ANNOTATION (/comment (value.priv "x")))
1= h OK *
1: i SELECT INBOX (ANNOTATE ANNOTATE)
1= i BAD *
1: j SELECT INBOX (ANNOTATE 1)
1= j BAD *
1: k LOGOUT
1* k OK *
