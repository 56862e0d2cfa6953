# RFC 5465 section 5.1: AnnotationChange in the selected folder and in others
mail $address Subject: one\r\n\r\n1\r\n
logon 1 imap
logon 2 imap
2: a SELECT INBOX
2* a OK *
1: a SELECT INBOX
1* a OK *
1: b NOTIFY SET (selected (MessageNew MessageExpunge AnnotationChange))
1= b OK *
2: b STORE 1 ANNOTATION (/comment (value.shared "x"))
2= b OK *
1= * 1 FETCH (UID 1 FLAGS (*) ANNOTATION (/comment))
# flags were not asked for
2: c STORE 1 +FLAGS.SILENT (\Flagged)
2= c OK *
2: d STORE 1 ANNOTATION (/comment (value.shared "y"))
2= d OK *
1= * 1 FETCH (UID 1 FLAGS (*\Flagged*) ANNOTATION (/comment))
# NOTIFY says what is heard, and not the SELECT before it
1: c SELECT INBOX (ANNOTATE)
1* c OK *
1: d NOTIFY SET (selected (MessageNew MessageExpunge FlagChange))
1= d OK *
2: e STORE 1 ANNOTATION (/altsubject (value.shared "y"))
2= e OK *
1= * 1 FETCH (FLAGS (*))
# in another folder
1: e SELECT Drafts
1* e OK *
1: f NOTIFY SET (inboxes (MessageNew MessageExpunge AnnotationChange))
1= f OK *
2: f STORE 1 ANNOTATION (/comment (value.shared "z"))
2= f OK *
1= * STATUS INBOX (UIDVALIDITY *)
2: g STORE 1 -FLAGS.SILENT (\Flagged)
2= g OK *
2: h STORE 1 ANNOTATION (/comment (value.shared "zz"))
2= h OK *
1= * STATUS INBOX (UIDVALIDITY *)
1: g ENABLE CONDSTORE
1& * ENABLED CONDSTORE
1& * OK [HIGHESTMODSEQ *] *
1= g OK *
2: i STORE 1 ANNOTATION (/comment (value.shared NIL))
2= i OK *
1= * STATUS INBOX (UIDVALIDITY * HIGHESTMODSEQ *)
1: h NOTIFY SET STATUS (inboxes (MessageNew MessageExpunge AnnotationChange))
1= * STATUS INBOX (MESSAGES 1 UIDNEXT * UIDVALIDITY * HIGHESTMODSEQ *)
1= h OK *
1: i NOTIFY SET (inboxes (AnnotationChange))
1= i BAD *
1: j LOGOUT
1* j OK *
