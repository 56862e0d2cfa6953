# RFC 5259 section 8.5: too many messages in one command
# server: limited
mail $address Subject: one\r\n\r\n1\r\n
mail $address Subject: two\r\n\r\n22\r\n
mail $address Subject: three\r\n\r\n333\r\n
mail $address Subject: four\r\n\r\n4444\r\n
logon 1 imap
1: a SELECT INBOX
1* a OK *
1: b CONVERT 1:* (NIL) BINARY.SIZE[1]
1= b NO [MAXCONVERTMESSAGES 3] *
1: c UID CONVERT 1:9 (NIL) BINARY.SIZE[1]
1= c NO [MAXCONVERTMESSAGES 3] *
1: d UID CONVERT 2:9 (NIL) BINARY.SIZE[1]
1= * 2 CONVERTED (TAG "d") (UID 2 BINARY.SIZE[1] 4)
1= * 3 CONVERTED (TAG "d") (UID 3 BINARY.SIZE[1] 5)
1= * 4 CONVERTED (TAG "d") (UID 4 BINARY.SIZE[1] 6)
1= d OK *
1: e LOGOUT
1* e OK *
