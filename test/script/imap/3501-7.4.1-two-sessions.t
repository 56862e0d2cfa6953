# RFC 3501 sections 5.2, 5.5 and 7.4.1, RFC 5530 section 3: two sessions in one folder: EXPUNGE never while FETCH, STORE or SEARCH are answered
mail $address Subject: one\r\n\r\n1\r\n
mail $address Subject: two\r\n\r\n2\r\n
mail $address Subject: three\r\n\r\n3\r\n
logon 1 imap
logon 2 imap
1: a SELECT INBOX
1* a OK *
2: a SELECT INBOX
2* a OK *
2: b STORE 1 +FLAGS.SILENT (\Deleted)
2= b OK *
2: c EXPUNGE
2= * 1 EXPUNGE
2= c OK *
# nothing said unasked
1_ 0.2
# the first session's numbers have not moved yet
1: b FETCH 2 (UID)
1= * 2 FETCH (UID 2)
1= b OK [EXPUNGEISSUED] *
1: c STORE 3 +FLAGS (\Seen)
1= * 3 FETCH (FLAGS (\Seen*))
1= c OK *
1: d SEARCH UID 3
1= * SEARCH 3
1= d OK [EXPUNGEISSUED] *
# what is gone can still be read (RFC 2180 section 4.1.1), and no longer be changed (4.2)
1: e FETCH 1 (BODY.PEEK[TEXT])
1= * 1 FETCH (BODY[TEXT] {3}
1= 1
1= )
1= e OK *
1: f STORE 1 +FLAGS (\Seen)
1= f NO [EXPUNGEISSUED] *   ## ERR_EXPUNGED
1: g COPY 1 INBOX
# COPY is none of the three commands
1= * 1 EXPUNGE
1= g NO *
1: h NOOP
1= h OK NOOP *
1: i FETCH 1:* (UID FLAGS)
1= * 1 FETCH (UID 2 FLAGS (*))
1= * 2 FETCH (UID 3 FLAGS (\Seen*))
1= i OK FETCH *
2: d NOOP
2= * 2 FETCH (FLAGS (\Seen*))
2= d OK *
