# RFC 5257 section 4.8: SEARCH ANNOTATION
another bob
bourse mailbox grant $box $bob
mail $address Subject: one\r\n\r\n1\r\n
mail $address Subject: two\r\n\r\n2\r\n
mail $address Subject: three\r\n\r\n3\r\n
mail $address Subject: four\r\n\r\n4\r\n
logon 1 imap
1: a SELECT INBOX
1* a OK *
1: b STORE 1 ANNOTATION (/comment (value.priv "About IMAP4"))
1= b OK *
1: c STORE 2 ANNOTATION (/comment (value.shared "imap4 again") /vendor/x/y (value.priv "IMAP4"))
1= c OK *
1: d STORE 3 ANNOTATION (/altsubject (value.priv {7+}\r\nH\xc3\xa4user) /1/comment (value.priv "imap4"))
1= d OK *
1: e SEARCH ANNOTATION /comment value "IMAP4"
1= * SEARCH 1 2
1= e OK *
1: f SEARCH ANNOTATION /comment value.priv "imap4"
1= * SEARCH 1
1= f OK *
1: g SEARCH ANNOTATION /comment value.shared "imap4"
1= * SEARCH 2
1= g OK *
1: h UID SEARCH ANNOTATION * value.priv "IMAP4"
1= * SEARCH 1 2 3
1= h OK *
1: i SEARCH ANNOTATION /% value.priv {5+}\r\nimap4
1= * SEARCH 1
1= i OK *
1: j SEARCH ANNOTATION /%/comment value imap4
1= j BAD *
1: k SEARCH ANNOTATION /%/comment value "imap4"
1= * SEARCH 3
1= k OK *
1: l SEARCH NOT ANNOTATION * value ""
1= * SEARCH 4
1= l OK *
1: m SEARCH OR ANNOTATION /altsubject value "x" (ANNOTATION /vendor/*/y value "imap" SUBJECT "two")
1= * SEARCH 2
1= m OK *
# NIL is what has no value
1: n SEARCH ANNOTATION /comment value NIL
1= * SEARCH 3 4
1= n OK *
1: o SEARCH ANNOTATION /comment value.priv NIL BODY "2"
1= * SEARCH 2
1= o OK *
# charsets and case as with other texts
1: p SEARCH CHARSET UTF-8 ANNOTATION /altsubject value {6+}\r\nh\xc3\x84USE
1= * SEARCH 3
1= p OK *
1: q SEARCH CHARSET ISO-8859-1 ANNOTATION /altsubject value {2+}\r\nh\xe4
1= * SEARCH 3
1= q OK *
1: r SEARCH RETURN (COUNT SAVE) ANNOTATION /comment value "imap"
1= * ESEARCH (TAG "r") COUNT 2
1= r OK *
1: s SEARCH $ ANNOTATION /vendor/x/y value "4"
1= * SEARCH 2
1= s OK *
1: t SEARCH RETURN (UPDATE ALL) ANNOTATION /comment value "imap"
1= * ESEARCH (TAG "t") ALL 1:2
1= t OK *
1: u STORE 4 ANNOTATION (/comment (value.priv "imap"))
1? * ESEARCH (TAG "t") ADDTO (* 4)
1* u OK *
1: v SEARCH ANNOTATION /comment size "1"
1= v BAD *
1: w SEARCH ANNOTATION //comment value "1"
1= w BAD *
1: x SEARCH ANNOTATION /comment value
1= x BAD *
# somebody else finds shared ones
connect 2 imap
2= * OK *
2: a LOGIN $bob\\$box $password
2= a OK *
2: b SELECT INBOX
2* b OK *
2: c SEARCH ANNOTATION * value "imap"
2= * SEARCH 2
2= c OK *
2: d ESEARCH IN (mailboxes INBOX) RETURN (COUNT) ANNOTATION * value.shared "imap"
2= * ESEARCH (TAG "d" MAILBOX INBOX UIDVALIDITY *) UID COUNT 1
2= d OK *
1: y LOGOUT
1* y OK *
