# RFC 5465 sections 5.6 and 5.7: annotations of folders and of the server, without ENABLE METADATA
logon 1 imap
logon 2 imap
1: a NOTIFY SET (mailboxes Trash (MailboxMetadataChange)) (inboxes (ServerMetadataChange))
1= a OK *
2: a SETMETADATA Trash (/shared/comment "1" /private/comment "2")
2= a OK *
1= * METADATA Trash /shared/comment /private/comment
# a value that goes is told as well
2: b SETMETADATA Trash (/shared/comment NIL)
2= b OK *
1= * METADATA Trash /shared/comment
2: c SETMETADATA "" (/private/vendor/acme/a "1")
2= c OK *
1= * METADATA "" /private/vendor/acme/a
# not asked for
2: d SETMETADATA Drafts (/shared/comment "1")
2= d OK *
1_ 0.2
# not what it does itself
1: b SETMETADATA Trash (/shared/comment "3")
1= b OK *
1: c IDLE
1= + *
2: e SETMETADATA Trash (/shared/comment "4")
2= e OK *
1= * METADATA Trash /shared/comment
1: DONE
1= c OK *
1: d NOTIFY NONE
1= d OK *
2: f SETMETADATA Trash (/shared/comment "5")
2= f OK *
1_ 0.2
1: e NOOP
1= e OK *
