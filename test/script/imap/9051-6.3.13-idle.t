# RFC 9051 sections 6.3.13, 7.4 and 7.5: what an IMAP4rev2 client hears in IDLE: no RECENT, no \Recent, each FETCH with its UID
logon 1 imap
logon 2 imap
1: a ENABLE IMAP4rev2
1= * ENABLED IMAP4rev2
1= a OK *
1: b SELECT INBOX
1* b OK *
2: b SELECT INBOX
2* b OK *
1: c IDLE
1= + *
mail $address Subject: one\r\n\r\n1\r\n
1= * 1 EXISTS
2: c NOOP
2= * 1 EXISTS
2= * * RECENT
2= c OK *
2: d STORE 1 +FLAGS (\Flagged)
2* d OK *
1= * 1 FETCH (UID 1 FLAGS (\Flagged))
2: e STORE 1 +FLAGS.SILENT (\Deleted)
2= e OK *
1= * 1 FETCH (UID 1 FLAGS (\Flagged \Deleted))
2: f EXPUNGE
2= * 1 EXPUNGE
2= f OK *
1= * 1 EXPUNGE
1: DONE
1= c OK *
1: d LOGOUT
1* d OK *
