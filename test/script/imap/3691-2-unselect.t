# RFC 3691 section 2: UNSELECT leaves the folder and removes nothing
mail $address Subject: one\r\n\r\n
logon 1 imap
1: a SELECT INBOX
1* a OK *
1: b STORE 1 +FLAGS.SILENT (\Deleted)
1= b OK *
1: c UNSELECT x
1= c BAD *
1: d UNSELECT
1= d OK *
1: e FETCH 1 FLAGS
1= e BAD *
1: f UNSELECT
1= f BAD *
1: g STATUS INBOX (MESSAGES)
1= * STATUS INBOX (MESSAGES 1)
1= g OK *
1: h LOGOUT
1* h OK *
