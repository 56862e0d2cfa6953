# RFC 8508 section 4: REPLACE beside ACL (4.1), QRESYNC (4.5), OBJECTID (4.6), and UIDONLY (RFC 9586 section 3.3)
logon 1 imap
1: a APPEND Drafts {lit:Subject: one\r\n\r\n} {lit:Subject: two\r\n\r\n}
1= a OK *
1: b ENABLE QRESYNC
1= * ENABLED *
1= b OK *
1: c SELECT Drafts
1* c OK *
1: d FETCH 1:2 EMAILID
1= * 1 FETCH (EMAILID (*))
1= * 2 FETCH (EMAILID (*))
1= d OK *
1: e REPLACE 1 Drafts {lit:Subject: three\r\n\r\n}
1= * OK [APPENDUID * 3] *
1& * VANISHED 1
1& * 2 EXISTS
1& * 2 RECENT
1= e OK *
# another message has another id
1: f UID FETCH 3 EMAILID
1= * 2 FETCH (UID 3 EMAILID ($third))
1= f OK *
1: g SEARCH EMAILID $third
1= * SEARCH 2
1= g OK *
1: h ENABLE UIDONLY
1= * ENABLED UIDONLY
1= h OK *
1: i REPLACE 1 Drafts {lit:x NOOP\r\n}
1= i BAD [UIDREQUIRED] *
1: j UID REPLACE 3 Drafts {lit:Subject: four\r\n\r\n}
1= * OK [APPENDUID * 4] *
1& * VANISHED 3
1& * 2 EXISTS
1& * 2 RECENT
1= j OK *
1: k LOGOUT
1* k OK *
# a delegate needs what STORE, EXPUNGE and APPEND need together
another bob
bourse mailbox grant $box $bob
logon 2 imap
2: a SETACL Drafts $bob lrswte
2= a OK *
2: b SETACL Sent $bob lri
2= b OK *
connect 3 imap
3= * OK *
3: a LOGIN $bob\\$box $password
3= a OK *
3: b SELECT Drafts
3* b OK *
3: c UID REPLACE 4 Drafts {lit:x NOOP\r\n}
3= c NO [NOPERM] *
3: d UID REPLACE 4 Sent {lit:Subject: five\r\n\r\n}
3= * OK [APPENDUID * 1] *
3? d OK *
2: c SETACL Drafts $bob -e
2= c OK *
3: e UID REPLACE 2 Sent {5000}
3? e NO [NOPERM] *
3: f LOGOUT
3* f OK *
