# RFC 9738 section 3.3: SORT and THREAD of more messages than the limit allows are refused: parts of an order are none
# server: limited
mail $address Subject: one\r\n\r\n1\r\n
mail $address Subject: two\r\n\r\n2\r\n
mail $address Subject: three\r\n\r\n3\r\n
mail $address Subject: four\r\n\r\n4\r\n
logon 1 imap
1: a SELECT INBOX
1* a OK *
1: b SORT (SUBJECT) UTF-8 ALL
1= b NO [MESSAGELIMIT 3] *
1: c UID SORT RETURN (SAVE ALL) (REVERSE ARRIVAL) UTF-8 1:4
1= c NO [MESSAGELIMIT 3] *
1: d UID SEARCH $
1= * SEARCH
1= d OK *
1: e THREAD REFERENCES UTF-8 ALL
1= e NO [MESSAGELIMIT 3] *
1: f THREAD ORDEREDSUBJECT UTF-8 UIDBEFORE 5
1= f NO [MESSAGELIMIT 3] *
# as many as it allows
1: g SORT (SUBJECT) UTF-8 1:3
1= * SORT 1 3 2
1= g OK SORT completed
1: h UID SORT (SUBJECT) UTF-8 UIDAFTER 1
1= * SORT 4 3 2
1= h OK UID SORT completed
1: i THREAD REFERENCES UTF-8 UIDAFTER 1 UIDBEFORE 5
1= * THREAD (2)(3)(4)
1= i OK THREAD completed
