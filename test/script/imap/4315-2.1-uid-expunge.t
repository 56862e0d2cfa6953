# RFC 4315 section 2.1: UID EXPUNGE removes what is both marked and named
mail $address Subject: one\r\n\r\n
mail $address Subject: two\r\n\r\n
mail $address Subject: three\r\n\r\n
logon 1 imap
1: a SELECT INBOX
1* a OK *
1: b UID STORE 1:2 +FLAGS.SILENT (\Deleted)
1= b OK *
1: c UID EXPUNGE 2:3
1= * 2 EXPUNGE
1= c OK *
1: d UID EXPUNGE 4000:5000
1= d OK *
1: e UID EXPUNGE
1= e BAD *
1: f UID FETCH 1:* (FLAGS)
1= * 1 FETCH (UID 1 FLAGS (\Deleted \Recent))
1= * 2 FETCH (UID 3 FLAGS (\Recent))
1= f OK *
1: g LOGOUT
1* g OK *
