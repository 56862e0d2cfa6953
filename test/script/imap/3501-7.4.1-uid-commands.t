# RFC 3501 section 7.4.1: UID commands may tell of EXPUNGE; RFC 3501 section 5.2: EXISTS and FETCH at any command's end
mail $address Subject: one\r\n\r\n
mail $address Subject: two\r\n\r\n
logon 1 imap
logon 2 imap
1: a SELECT INBOX
1* a OK *
2: a SELECT INBOX
2* a OK *
2: b UID STORE 1 +FLAGS.SILENT (\Deleted)
2= b OK *
2: c UID EXPUNGE 1
2= * 1 EXPUNGE
2= c OK *
1: b UID FETCH 2 (FLAGS)
1? * 2 FETCH (UID 2 FLAGS (*))
1? * 1 EXPUNGE
1= b OK *
mail $address Subject: three\r\n\r\n
1: c FETCH 1 (UID)
1= * 1 FETCH (UID 2)
1= * 2 EXISTS
1= * * RECENT
1= c OK *
2: d FETCH 1 (UID)
2= * 1 FETCH (UID 2)
2? * 2 EXISTS
2* d OK *
