# RFC 5257 section 4.7: ANNOTATION in APPEND, with MULTIAPPEND (RFC 3502), CATENATE (RFC 4469) and REPLACE (RFC 8508)
logon 1 imap
1: a APPEND Drafts ANNOTATION (/comment (value.priv "Don't send until I say so")) {lit:Subject: one\r\n\r\n1\r\n}
1= a OK [APPENDUID * 1] *
1: b APPEND Drafts (\Draft) "01-Jan-2015 00:05:00 -0500" ANNOTATION (/altsubject (value.shared "s" value.priv NIL) /1/comment (value.priv "part")) {lit:Subject: two\r\n\r\n2\r\n} ANNOTATION (/comment (value.priv "third")) {lit:Subject: three\r\n\r\n3\r\n} {lit:Subject: four\r\n\r\n4\r\n}
1= b OK [APPENDUID * 2:4] *
# values as literals, synchronising ones too, of any octets
1: c APPEND Drafts ANNOTATION (/comment (value.priv {3+}\r\na)b value.shared ~{3+}\r\nx\0y)) CATENATE (TEXT {lit:Subject: five\r\n\r\n} TEXT {lit:5\r\n})
1= c OK [APPENDUID * 5] *
1: d APPEND Drafts ANNOTATION (/comment (value.priv {3}
1= + *
1- abc)) {19}\r\n
1= + *
1- Subject: six\r\n\r\n6\r\n
1- \r\n
1= d OK [APPENDUID * 6] *
1: e SELECT Drafts
1* e OK *
1: f FETCH 1:6 (ANNOTATION (* value))
1= * 1 FETCH (ANNOTATION (/comment (value.priv "Don't send until I say so" value.shared NIL)))
1= * 2 FETCH (ANNOTATION (/1/comment (value.priv "part" value.shared NIL) /altsubject (value.priv NIL value.shared "s")))
1= * 3 FETCH (ANNOTATION (/comment (value.priv "third" value.shared NIL)))
1= * 4 FETCH (UID 4)
1= * 5 FETCH (ANNOTATION (/comment (value.priv "a)b" value.shared ~{3}
1= x\0y)))
1= * 6 FETCH (ANNOTATION (/comment (value.priv "abc" value.shared NIL)))
1= f OK *
# nothing is inherited by what replaces
1: g REPLACE 1 Drafts ANNOTATION (/altsubject (value.priv "r")) {lit:Subject: seven\r\n\r\n7\r\n}
1= * OK [APPENDUID * 7] *
1* g OK *
1: h UID FETCH 7 (ANNOTATION (* value.priv))
1= * 6 FETCH (UID 7 ANNOTATION (/altsubject (value.priv "r")))
1= h OK *
# what cannot be is not appended
1: i APPEND Drafts ANNOTATION (/2/comment (value.priv "x")) {lit:Subject: x\r\n\r\n}
1= i BAD *
1: j APPEND Drafts ANNOTATION (/comment (value "x")) {lit:Subject: x\r\n\r\n}
1= j BAD *
1: k APPEND Drafts ANNOTATION (/unknown (value.priv "x")) {lit:Subject: x\r\n\r\n}
1= k BAD *
1: l APPEND Drafts ANNOTATION () {lit:Subject: x\r\n\r\n}
1= l BAD *
1: m STATUS Drafts (MESSAGES)
1= * STATUS Drafts (MESSAGES 6)
1= m OK *
# a folder of that name is one
1: n CREATE ANNOTATION
1= n OK *
1: o APPEND ANNOTATION (\Seen) {lit:Subject: x\r\n\r\n}
1= o OK [APPENDUID * 1] *
1: p LOGOUT
1* p OK *
