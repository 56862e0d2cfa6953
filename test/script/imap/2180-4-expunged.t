# RFC 2180 section 4: messages expunged by another session, while this one has not been told
mail $address Subject: one\r\n\r\n1\r\n
mail $address Subject: two\r\n\r\n2\r\n
mail $address Subject: three\r\n\r\n3\r\n
mail $address Subject: four\r\n\r\n4\r\n
mail $address Subject: five\r\n\r\n5\r\n
mail $address Subject: six\r\n\r\n6\r\n
mail $address Subject: seven\r\n\r\n7\r\n
logon 1 imap
logon 2 imap
1: a SELECT INBOX
1* a OK *
2: a SELECT INBOX
2* a OK *
1: b STORE 4:7 +FLAGS.SILENT (\Deleted)
1= b OK *
2: b NOOP
2* b OK *
1: c EXPUNGE
1* c OK *
# 4.1.1: they can still be fetched, whole
2: c FETCH 3:5 (UID ENVELOPE)
2= * 3 FETCH (UID 3 ENVELOPE (* "three" *))
2= * 4 FETCH (UID 4 ENVELOPE (* "four" *))
2= * 5 FETCH (UID 5 ENVELOPE (* "five" *))
2= c OK *
2: d FETCH 7 (RFC822.SIZE BODY.PEEK[TEXT])
2= * 7 FETCH (RFC822.SIZE * BODY[TEXT] {3}
2= 7
2= )
2= d OK *
# 4.2.1: .SILENT, and some are gone: NO
2: e STORE 1:7 +FLAGS.SILENT (\Seen)
2= e NO [EXPUNGEISSUED] *   ## ERR_EXPUNGED
# 4.2.2: only expunged ones: NO
2: f STORE 4:7 +FLAGS (\Seen)
2= f NO [EXPUNGEISSUED] *
# 4.2.4: a mixture: those that are there are told, and NO
2: g STORE 3:4 +FLAGS (\Flagged)
2= * 3 FETCH (FLAGS (\Flagged \Seen*))
2= g NO [EXPUNGEISSUED] *
# 4.3: a search does not find them
2: h SEARCH ALL
2= * SEARCH 1 2 3
2= h OK *
2: i SEARCH RETURN (COUNT) SUBJECT five
2= * ESEARCH (TAG "i") COUNT 0
2= i OK *
# 4.4.2: COPY of a mixture copies none of them; by then it may be told of what is gone
2: j COPY 3:4 Trash
2= * 7 EXPUNGE
2= * 6 EXPUNGE
2= * 5 EXPUNGE
2= * 4 EXPUNGE
2= j NO [EXPUNGEISSUED] *
2: k STATUS Trash (MESSAGES)
2= * STATUS Trash (MESSAGES 0)
2= k OK *
# now they are no messages any more
2: l FETCH 4 (UID)
2= l BAD *
2: m UID FETCH 4:7 (FLAGS)
2= m OK *
2: n UID STORE 3:7 +FLAGS (\Answered)
2= * 3 FETCH (UID 3 FLAGS (\Answered*))
2= n OK *
2: o UID COPY 3:7 Trash
2= o OK [COPYUID * 3 1] *
