# RFC 9738 section 3.2: UIDAFTER and UIDBEFORE
# server: limited
mail $address Subject: one\r\n\r\n1\r\n
mail $address Subject: two\r\n\r\n2\r\n
mail $address Subject: three\r\n\r\n3\r\n
mail $address Subject: four\r\n\r\n4\r\n
mail $address Subject: five\r\n\r\n5\r\n
logon 1 imap
1: a SELECT INBOX
1* a OK *
# a client goes on below the uid that the limit has told
1: b UID SEARCH ALL
1= * SEARCH 3 4 5
1= b OK [MESSAGELIMIT 3 3] *
1: c UID SEARCH UIDBEFORE 3
1= * SEARCH 1 2
1= c OK UID SEARCH completed
1: d UID SEARCH uidafter 3 SUBJECT f
1= * SEARCH 4 5
1= d OK UID SEARCH completed
1: e SEARCH UIDAFTER 1 UIDBEFORE 4
1= * SEARCH 2 3
1= e OK *
1: f UID SEARCH RETURN (ALL) NOT UIDAFTER 2 UIDBEFORE 4
1= * ESEARCH (TAG "f") UID ALL 1:2
1= f OK *
# beyond the last one there is nothing, unlike in 6:*
1: g UID SEARCH UIDAFTER 5
1= * SEARCH
1= g OK *
1: h UID SEARCH UIDAFTER 4294967295
1= * SEARCH
1= h OK *
1: i UID SEARCH UIDBEFORE 1
1= * SEARCH
1= i OK *
1: j UID SEARCH OR UIDBEFORE 2 UIDAFTER 4 UIDAFTER 2
1= * SEARCH 5
1= j OK *
# one uid
1: k1 UID SEARCH UIDAFTER 0
1= k1 BAD *
1: k2 UID SEARCH UIDAFTER 1:2
1= k2 BAD *
1: k3 UID SEARCH UIDBEFORE *
1= k3 BAD *
1: k4 UID SEARCH UIDBEFORE
1= k4 BAD *
1: k5 UID SEARCH UIDAFTER 4294967296
1= k5 BAD *
