# RFC 3501 section 6.3.1: SELECT and what it must say
mail $address Subject: one\r\n\r\n
mail $address Subject: two\r\n\r\n
logon 1 imap
1: a SELECT INBOX
1& * FLAGS (\Answered \Flagged \Deleted \Seen \Draft)
1& * OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft *)] *
1& * 2 EXISTS
1& * 2 RECENT
1& * OK [UNSEEN 1] *
1& * OK [UIDVALIDITY $validity] *
1& * OK [UIDNEXT 3] *
1& * OK [MAILBOXID (*)] *
1& * OK [HIGHESTMODSEQ *
1& * OK [URLMECH INTERNAL] *
1& * OK [ANNOTATIONS 65536] *
1= a OK [READ-WRITE] *
# INBOX in any case (section 5.1); \Recent is told to one session only
1: b SELECT "inbox"
1& * OK [CLOSED] *
1& * FLAGS (*)
1& * OK [PERMANENTFLAGS (*)] *
1& * 2 EXISTS
1& * 0 RECENT
1& * OK [UNSEEN 1] *
1& * OK [UIDVALIDITY $validity] *
1& * OK [UIDNEXT 3] *
1& * OK [MAILBOXID (*)] *
1& * OK [HIGHESTMODSEQ *
1& * OK [URLMECH INTERNAL] *
1& * OK [ANNOTATIONS 65536] *
1= b OK [READ-WRITE] *
1: c STORE 1 +FLAGS.SILENT (\Seen)
1= c OK *
1: d SELECT INBOX
1? * OK [UNSEEN 2] *
1* d OK *
# a failure leaves nothing selected
1: e SELECT none
1= * OK [CLOSED] *
1= e NO [NONEXISTENT] *   ## ERR_NOTFOUND
1: f FETCH 1 FLAGS
1= f BAD *
1: g SELECT
1= g BAD *
1: h SELECT INBOX x
1= h BAD *
1: i SELECT *
1= i BAD *
1: j LOGOUT
1* j OK *
