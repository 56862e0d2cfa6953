# RFC 5537 sections 3.5.1 and 3.9: articles for a moderated group wait for a moderator; Approved counts for moderators alone
# server: public
another carol
bourse folder create public $box
bourse folder moderate public $box --by $carol
logon 1 nntp
1: LIST ACTIVE $box*
1= 215 *
1= $box 0* m
1= .
1- POST\r\nFrom: a@example.org\r\nNewsgroups: $box\r\nSubject: waits\r\n\r\nx\r\n.\r\n
1= 340 *
1= 240 article received <$id>; where a group is moderated it is held until a moderator approves it
1: HEAD <$id>
1= 430 *
1: GROUP $box
1= 211 0 *
# a forged approval
1- POST\r\nFrom: a@example.org\r\nNewsgroups: $box\r\nSubject: forged\r\nApproved: $carol_address\r\n\r\nx\r\n.\r\n
1= 340 *
1= 441 you may not approve articles for $box
# a moderator's is there at once, and what waits when it is moved
logon 2 nntp carol
2- POST\r\nFrom: c@example.org\r\nNewsgroups: $box\r\nSubject: approved\r\nApproved: $carol_address\r\n\r\nx\r\n.\r\n
2= 340 *
2= 240 article received <$other>
1: GROUP $box
1= 211 1 *
logon 3 imap carol
3: a SELECT "Public Folders/$box/Held for approval"
3* a OK *
3: b MOVE 1 "Public Folders/$box"
3* b OK *
1: GROUP $box
1= 211 2 *
1: HEAD <$id>
1? Subject: waits
1* .
