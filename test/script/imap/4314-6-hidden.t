# RFC 4314 section 6: no command and no news tells of a folder that may not be seen
another bob
bourse mailbox grant $box $bob
logon 1 imap
1: a CREATE hidden
1= a OK *
1: b CREATE open
1= b OK *
1: c SETACL hidden $bob ""
1= c OK *
1: d APPEND hidden {lit:Subject: needle\r\n\r\n}
1= d OK *
connect 2 imap
2= * OK *
2: a LOGIN $bob\\$box $password
2= a OK *
# METADATA (RFC 5464), told to whoever enabled it
2: b ENABLE METADATA
2* b OK *
1: e SETMETADATA hidden (/shared/comment "secret")
1= e OK *
1: f SETMETADATA open (/shared/comment "public")
1= f OK *
2: c NOOP
2= * METADATA open /shared/comment
2= c OK *
2: d GETMETADATA hidden /shared/comment
2= d NO [NONEXISTENT] *
2: e SETMETADATA hidden (/shared/comment "mine")
2= e NO [NONEXISTENT] *
# NOTIFY (RFC 5465)
2: f NOTIFY SET STATUS (personal (MessageNew MessageExpunge MailboxName))
2& * STATUS Archive *
2& * STATUS Drafts *
2& * STATUS INBOX *
2& * STATUS Junk *
2& * STATUS Sent *
2& * STATUS Trash *
2& * STATUS open *
2& f OK *
1: g APPEND hidden {lit:Subject: more\r\n\r\n}
1= g OK *
1: h APPEND open {lit:Subject: more\r\n\r\n}
1= h OK *
2= * STATUS open (*MESSAGES 1*
# MULTISEARCH (RFC 7377)
2: g ESEARCH IN (personal) ALL
2= * ESEARCH (TAG "g" MAILBOX open *
2= g OK *
2: h ESEARCH IN (mailboxes (hidden open)) ALL
2= * ESEARCH (TAG "h" MAILBOX open *
2= h OK *
# LIST with everything (RFC 5258, 5819, 8440, 9590)
2: i LIST (SUBSCRIBED RECURSIVEMATCH) "" hid* RETURN (CHILDREN STATUS (MESSAGES) MYRIGHTS METADATA (/shared/comment))
2= i OK *
2: j LIST "" hidden RETURN (MYRIGHTS)
2= j OK *
# copying there, and out of it
2: k SELECT open
2* k OK *
2: l COPY 1 hidden
2= l NO [TRYCREATE] *
2: m MOVE 1 hidden
2= m NO [TRYCREATE] *
