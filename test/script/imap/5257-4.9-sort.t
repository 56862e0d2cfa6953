# RFC 5257 section 4.9: SORT by an annotation
mail $address Subject: b\r\n\r\n1\r\n
mail $address Subject: a\r\n\r\n2\r\n
mail $address Subject: b\r\n\r\n3\r\n
mail $address Subject: c\r\n\r\n4\r\n
logon 1 imap
1: a SELECT INBOX
1* a OK *
1: b STORE 1 ANNOTATION (/altsubject (value.shared "pear" value.priv "1"))
1= b OK *
1: c STORE 2 ANNOTATION (/altsubject (value.shared "Apple" value.priv "2"))
1= c OK *
1: d STORE 3 ANNOTATION (/altsubject (value.shared "apple" value.priv "3"))
1= d OK *
# what has none comes first, as an empty text does
1: e SORT (ANNOTATION /altsubject value.shared) UTF-8 ALL
1= * SORT 4 2 3 1
1= e OK *
1: f SORT (REVERSE ANNOTATION /altsubject value.priv) UTF-8 ALL
1= * SORT 3 2 1 4
1= f OK *
1: g UID SORT (SUBJECT REVERSE ANNOTATION /altsubject value.priv) UTF-8 ALL
1= * SORT 2 3 1 4
1= g OK *
1: h SORT (ANNOTATION /altsubject value.shared REVERSE ANNOTATION /altsubject value.priv) US-ASCII 1:3
1= * SORT 3 2 1
1= h OK *
1: i SORT RETURN (COUNT MIN) (ANNOTATION /comment value.priv) UTF-8 ALL
1= * ESEARCH (TAG "i") COUNT 4 MIN *
1= i OK *
1: j SORT (ANNOTATION /altsubject value) UTF-8 ALL
1= j BAD *
1: k SORT (ANNOTATION /altsubject size.priv) UTF-8 ALL
1= k BAD *
1: l SORT (ANNOTATION /* value.priv) UTF-8 ALL
1= l BAD *
1: n LOGOUT
1* n OK *
