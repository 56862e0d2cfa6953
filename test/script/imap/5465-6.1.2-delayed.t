# RFC 5465 section 6.1.2: SELECTED-DELAYED: an EXPUNGE waits for a command that may tell it
mail $address Subject: one\r\n\r\n1\r\n
mail $address Subject: two\r\n\r\n2\r\n
mail $address Subject: three\r\n\r\n3\r\n
logon 1 imap
logon 2 imap
1: a SELECT INBOX
1* a OK *
1: b NOTIFY SET (selected-delayed (MessageNew MessageExpunge FlagChange))
1= b OK *
2: a SELECT INBOX
2* a OK *
2: b STORE 1 +FLAGS.SILENT (\Deleted)
2= b OK *
1= * 1 FETCH (FLAGS (\Deleted*))
2: c EXPUNGE
2= * 1 EXPUNGE
2= c OK *
1_ 0.2
mail $address Subject: four\r\n\r\n4\r\n
1= * 4 EXISTS
1= * * RECENT
1: c FETCH 2 (UID)
1= * 2 FETCH (UID 2)
1= c OK *
1: d NOOP
1= * 1 EXPUNGE
1= d OK *
# IDLE is such a command
2: d STORE 1 +FLAGS.SILENT (\Deleted)
2? d OK *
1= * 1 FETCH (FLAGS (\Deleted*))
2: e EXPUNGE
2? e OK *
1_ 0.1
1: e IDLE
1= + *
1= * 1 EXPUNGE
1: DONE
1= e OK *
