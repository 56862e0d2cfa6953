# RFC 3977 sections 6.1.1, 6.1.2, 6.1.3, 6.1.4: GROUP, LISTGROUP, LAST and NEXT
# server: public
bourse folder create public $box/Plans
bourse folder create public $box/Empty
bourse folder create public $box/a.b!c
logon 1 nntp
1: NEXT
1= 412 no newsgroup is selected ## ERR_NOGROUP
1: LAST
1= 412 *
1: LISTGROUP
1= 412 *
1: GROUP $box.Nothing
1= 411 no such newsgroup ## ERR_NOFOLDER
1: GROUP
1= 501 *
# an empty group: the low mark is above the high one, and no article is current
1: GROUP $box.Empty
1= 211 0 1 0 $box.Empty
1: STAT
1= 420 there is no current article ## ERR_NOCURRENT
1: NEXT
1= 420 *
1: LAST
1= 420 *
1: LISTGROUP
1= 211 0 1 0 $box.Empty list follows
1= .
# a dot and a mark in the folder's name are written otherwise, and only so
1: GROUP $box.a%2Eb%21c
1= 211 0 1 0 $box.a%2Eb%21c
1: GROUP $box.a.b%21c
1= 411 *
1: GROUP $box.a%2eb%21c
1= 411 *
1: GROUP INBOX
1= 411 *
# three articles
1- POST\r\nFrom: a@example.org\r\nNewsgroups: $box.Plans\r\nSubject: 1\r\nMessage-ID: <g1.$box@example.org>\r\n\r\nx\r\n.\r\n
1= 340 *
1= 240 article received <g1.$box@example.org>
1- POST\r\nFrom: a@example.org\r\nNewsgroups: $box.Plans\r\nSubject: 2\r\nMessage-ID: <g2.$box@example.org>\r\n\r\nx\r\n.\r\n
1= 340 *
1= 240 *
1- POST\r\nFrom: a@example.org\r\nNewsgroups: $box.Plans\r\nSubject: 3\r\nMessage-ID: <g3.$box@example.org>\r\n\r\nx\r\n.\r\n
1= 340 *
1= 240 *
1: GROUP $box.Plans
1= 211 3 1 3 $box.Plans
1: LAST
1= 422 no previous article in this group
1: NEXT
1= 223 2 <g2.$box@example.org>
1: NEXT
1= 223 3 <g3.$box@example.org>
1: NEXT
1= 421 no next article in this group
1: STAT
1= 223 3 *
1: LAST
1= 223 2 *
1: LISTGROUP $box.Plans 2-
1= 211 3 1 3 $box.Plans list follows
1= 2
1= 3
1= .
# the first one is current again
1: STAT
1= 223 1 *
1: LISTGROUP $box.Plans 3-2
1= 211 *
1= .
1: LISTGROUP $box.Plans 4-
1= 211 *
1= .
1: LISTGROUP $box.Plans 2
1= 211 *
1= 2
1= .
# somebody removes one by IMAP: the number is not given again, and marks do not go down
logon 2 imap
2: a SELECT "Public Folders/$box/Plans"
2* a OK *
2: b STORE 1,3 +FLAGS.SILENT (\Deleted)
2* b OK *
2: c EXPUNGE
2* c OK *
1: STAT
1= 420 *
1: STAT 3
1= 423 no article with that number
1: NEXT
1= 223 2 *
1: GROUP $box.Plans
1= 211 1 2 3 $box.Plans
2: d STORE 1 +FLAGS.SILENT (\Deleted)
2* d OK *
2: e EXPUNGE
2* e OK *
1: GROUP $box.Plans
1= 211 0 4 3 $box.Plans
1- POST\r\nFrom: a@example.org\r\nNewsgroups: $box.Plans\r\nSubject: 4\r\nMessage-ID: <g4.$box@example.org>\r\n\r\nx\r\n.\r\n
1= 340 *
1= 240 *
1: STAT 4
1= 223 4 <g4.$box@example.org>
1: QUIT
1= 205 *
1!
