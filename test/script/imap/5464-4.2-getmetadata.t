# RFC 5464 sections 3.2 and 4.2: GETMETADATA with MAXSIZE and DEPTH
logon 1 imap
1: a CAPABILITY
1= * CAPABILITY * METADATA *
1= a OK *
# what is not there is NIL
1: b1 GETMETADATA INBOX /shared/comment
1= * METADATA INBOX (/shared/comment NIL)
1= b1 OK *
1: b2 GETMETADATA "" /shared/comment
1= * METADATA "" (/shared/comment NIL)
1= b2 OK *
1: c SETMETADATA INBOX (/private/comment "My own comment" /shared/comment {lit:Shared\r\ncomment} /shared/vendor/acme/empty "")
1= c OK *
1: d1 GETMETADATA inbox /private/comment
1= * METADATA INBOX (/private/comment "My own comment")
1= d1 OK *
1: d2 GETMETADATA INBOX (/shared/comment /private/comment /shared/vendor/acme/empty)
1= * METADATA INBOX (/shared/comment {15}
1= Shared
1= comment /private/comment "My own comment" /shared/vendor/acme/empty "")
1= d2 OK *
# their case means nothing
1: d3 GETMETADATA INBOX "/PRIVATE/Comment"
1= * METADATA INBOX (/PRIVATE/Comment "My own comment")
1= d3 OK *
# MAXSIZE leaves out what is longer and says how long the longest of it is; it may stand behind the name, too
1: e1 GETMETADATA (MAXSIZE 14) INBOX (/shared/comment /private/comment)
1= * METADATA INBOX (/private/comment "My own comment")
1= e1 OK [METADATA LONGENTRIES 15] *
1: e2 GETMETADATA INBOX (MAXSIZE 1) (/shared/comment /private/comment)
1= e2 OK [METADATA LONGENTRIES 15] *
1: e3 GETMETADATA INBOX (maxsize 15) (/shared/comment)
1= * METADATA INBOX (/shared/comment {15}
1= Shared
1= comment)
1= e3 OK GETMETADATA completed
# DEPTH
1: f SETMETADATA INBOX (/private/filters/values/small "SMALLER 5000" /private/filters/values/boss "FROM \"boss\"" /private/filters/values/a/b "deep" /private/filters/valuesmore "other")
1= f OK *
1: g0 GETMETADATA (DEPTH 0) INBOX /private/filters/values
1= * METADATA INBOX (/private/filters/values NIL)
1= g0 OK *
1: g1 GETMETADATA INBOX (DEPTH 1) (/private/filters/values)
1= * METADATA INBOX (/private/filters/values/boss "FROM \\"boss\\"" /private/filters/values/small "SMALLER 5000")
1= g1 OK *
1: g2 GETMETADATA (DEPTH infinity) INBOX /private/filters/values
1= * METADATA INBOX (/private/filters/values/a/b "deep" /private/filters/values/boss "FROM \\"boss\\"" /private/filters/values/small "SMALLER 5000")
1= g2 OK *
1: g3 GETMETADATA (DEPTH 1 MAXSIZE 5) INBOX (/private/filters/values/a /private)
1= * METADATA INBOX (/private/filters/values/a/b "deep")
1= g3 OK [METADATA LONGENTRIES 14] *
1: g4 GETMETADATA (DEPTH Infinity) INBOX /shared
1= * METADATA INBOX (/shared/comment {15}
1= Shared
1= comment /shared/vendor/acme/empty "")
1= g4 OK *
# of a folder that cannot be opened, and of none
1: h1 CREATE up/down
1= h1 OK *
1: h2 DELETE up
1= h2 OK *
1: h3 SETMETADATA up (/shared/comment "only a level")
1= h3 OK *
1: h4 GETMETADATA up /shared/comment
1= * METADATA up (/shared/comment "only a level")
1= h4 OK *
1: h5 GETMETADATA none /shared/comment
1= h5 NO [NONEXISTENT] *
1: h6 SUBSCRIBE none
1= h6 OK *
1: h7 GETMETADATA none /shared/comment
1= h7 NO [NONEXISTENT] *
# names that are none
1: i1 GETMETADATA INBOX /comment
1= i1 BAD *
1: i2 GETMETADATA INBOX /private/
1= i2 BAD *
1: i3 GETMETADATA INBOX /private//comment
1= i3 BAD *
1: i4 GETMETADATA INBOX "/private/*"
1= i4 BAD *
1: i5 GETMETADATA INBOX "/private/%"
1= i5 BAD *
1: i6 GETMETADATA INBOX {lit:/private/\x01}
1= i6 BAD *
1: i7 GETMETADATA INBOX {lit:/private/\xe4}
1= i7 BAD *
1: i8 GETMETADATA INBOX /privates/comment
1= i8 BAD *
1: i9 GETMETADATA INBOX ()
1= i9 BAD *
1: j1 GETMETADATA (DEPTH 2) INBOX /private/comment
1= j1 BAD *
1: j2 GETMETADATA (MAXSIZE) INBOX /private/comment
1= j2 BAD *
1: j3 GETMETADATA (OTHER 1) INBOX /private/comment
1= j3 BAD *
1: j4 GETMETADATA INBOX
1= j4 BAD *
1: j5 GETMETADATA
1= j5 BAD *
1: k LOGOUT
1* k OK *
