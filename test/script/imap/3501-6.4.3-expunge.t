# RFC 3501 section 6.4.3: EXPUNGE, with the numbers as they are after each line
mail $address Subject: one\r\n\r\n
mail $address Subject: two\r\n\r\n
mail $address Subject: three\r\n\r\n
mail $address Subject: four\r\n\r\n
logon 1 imap
1: a SELECT INBOX
1* a OK *
1: b EXPUNGE
1= b OK *
1: c STORE 1,3:4 +FLAGS.SILENT (\Deleted)
1= c OK *
1: d EXPUNGE x
1= d BAD *
# which lines come depends on the order; the last message goes first or the first one
1: e EXPUNGE
1= * $n EXPUNGE
1= * * EXPUNGE
1= * * EXPUNGE
1= e OK *
1: f FETCH 1 (UID)
1= * 1 FETCH (UID 2)
1= f OK *
1: g FETCH 2 (UID)
1= g BAD *
1: h LOGOUT
1* h OK *
