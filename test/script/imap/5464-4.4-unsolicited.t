# RFC 5464 section 4.4: whoever has switched it on hears of what others change, with the names alone
logon 1 imap
logon 2 imap
logon 3 imap
2: a ENABLE METADATA
2= * ENABLED METADATA
2= a OK *
1: b SETMETADATA INBOX (/shared/comment "x" /private/comment "y")
1= b OK *
2: b NOOP
2= * METADATA INBOX /shared/comment /private/comment
2= b OK *
# the others do not
3: b NOOP
3= b OK *
2: c NOOP
2= c OK *
# nor does one of what it changes itself
2: d SETMETADATA INBOX (/shared/comment "z")
2= d OK *
2: e NOOP
2= e OK *
# of folders and of the server, once each, during IDLE as well
2: f IDLE
2= + *
1: f SETMETADATA "" (/private/vendor/acme/a "1")
1= f OK *
2= * METADATA "" /private/vendor/acme/a
1: g SETMETADATA Trash (/shared/comment NIL /shared/Comment "2")
1= g OK *
2= * METADATA Trash /shared/comment
2: DONE
2= f OK *
1: h1 SETMETADATA Trash (/shared/comment "3")
1= h1 OK *
1: h2 SETMETADATA Trash (/SHARED/COMMENT "4")
1= h2 OK *
2: h NOOP
2= * METADATA Trash /shared/comment
2= h OK *
# special uses are annotations; whoever takes one away hears of the folder that lost it
1: i ENABLE METADATA
1= * ENABLED METADATA
1= i OK *
1: j CREATE other (USE (\Sent))
1= * METADATA Sent /private/specialuse
1= j OK *
2: j NOOP
2= * METADATA other /private/specialuse
2= * METADATA Sent /private/specialuse
2= j OK *
# of a folder that is gone by then nothing is told
1: k1 SETMETADATA other (/shared/comment "5")
1= k1 OK *
1: k2 DELETE other
1= k2 OK *
2: k NOOP
2= k OK *
1: l LOGOUT
1* l OK *
2: l LOGOUT
2* l OK *
