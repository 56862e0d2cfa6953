# RFC 3501 section 6.3.2: EXAMINE changes nothing, not even \Recent
mail $address Subject: one\r\n\r\ntext\r\n
logon 1 imap
1: a EXAMINE INBOX
1& * FLAGS (*)
1& * OK [PERMANENTFLAGS ()] *
1& * 1 EXISTS
1& * 1 RECENT
1& * OK [UNSEEN 1] *
1& * OK [UIDVALIDITY *] *
1& * OK [UIDNEXT 2] *
1& * OK [MAILBOXID (*)] *
1& * OK [ANNOTATIONS READ-ONLY] *
1& * OK [HIGHESTMODSEQ *
1& * OK [URLMECH INTERNAL] *
1= a OK [READ-ONLY] *
1: b FETCH 1 BODY[TEXT]
1= * 1 FETCH (BODY[TEXT] {6}
1= text
1= )
1= b OK *
1: c STORE 1 +FLAGS (\Deleted)
1= c NO [NOPERM] *   ## ERR_READONLY
1: d EXPUNGE
1= d NO [NOPERM] *
1: e MOVE 1 INBOX
1= e NO [NOPERM] *
1: f CLOSE
1= f OK *
1: g SELECT INBOX
1? * 1 RECENT
1? * OK [UNSEEN 1] *
1* g OK [READ-WRITE] *
1: h FETCH 1 FLAGS
1= * 1 FETCH (FLAGS (\Recent))
1= h OK *
1: i LOGOUT
1* i OK *
