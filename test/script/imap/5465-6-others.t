# RFC 5465 sections 5.9 and 6: NOTIFY of public folders and of mailboxes of others, as far as the rights go
# server: public
another bob
bourse folder create public $box
bourse folder create public $box/Deep
bourse folder create public $box/Hidden
bourse folder create public $box/Shown
bourse folder grant public $box authenticated author
bourse folder grant public $box/Deep authenticated author
bourse folder grant public $box/Hidden authenticated ''
bourse folder grant public $box/Hidden $bob rip
bourse folder grant public $box/Shown authenticated lip
logon 1 imap
logon 2 imap bob
2: a1 CREATE Work
2= a1 OK *
# the state of all of a tree: nothing of what may not be seen, and of what may not be read only that
1: b1 NOTIFY SET STATUS (subtree "Public Folders/$box" (MessageNew MessageExpunge FlagChange MailboxName))
1= * STATUS "Public Folders/$box" (MESSAGES 0 UIDNEXT 1 UIDVALIDITY * UNSEEN 0)
1= * STATUS "Public Folders/$box/Deep" (MESSAGES 0 UIDNEXT 1 UIDVALIDITY * UNSEEN 0)
1= * LIST (\NoAccess \HasNoChildren) "/" "Public Folders/$box/Shown"
1= b1 OK *
2: b2 APPEND "Public Folders/$box/Hidden" {lit:Subject: hidden\r\n\r\n}
2= b2 OK *
2: b3 APPEND "Public Folders/$box/Shown" {lit:Subject: shown\r\n\r\n}
2= b3 OK *
2: b4 APPEND INBOX {lit:Subject: bob's own\r\n\r\n}
2= b4 OK *
2: b5 APPEND "Public Folders/$box/Deep" {lit:Subject: deep\r\n\r\n}
2= b5 OK *
1= * STATUS "Public Folders/$box/Deep" (MESSAGES 1 UIDNEXT 2 UIDVALIDITY *)
# in IDLE as well; what the session does itself is not told
1: c1 APPEND "Public Folders/$box" {lit:Subject: mine\r\n\r\n}
1= c1 OK *
1: c2 IDLE
1= + *
2: c3 APPEND "Public Folders/$box" (\Seen) {lit:Subject: one\r\n\r\n}
2= c3 OK *
1= * STATUS "Public Folders/$box" (MESSAGES 2 UIDNEXT 3 UIDVALIDITY *)
1: DONE
1= c2 OK *
# names, with rights that come and go
bourse folder create public $box/New
1& * LIST (\HasNoChildren) "/" "Public Folders/$box/New"
1& * LIST (\HasChildren) "/" "Public Folders/$box"
bourse folder grant public $box/New authenticated ''
1& * LIST (\NonExistent \HasNoChildren) "/" "Public Folders/$box/New"
1& * LIST (\HasChildren) "/" "Public Folders/$box"
bourse folder grant public $box/New authenticated reviewer
1& * LIST (\HasNoChildren) "/" "Public Folders/$box/New"
1& * LIST (\HasChildren) "/" "Public Folders/$box"
# "subscribed" follows the subscriptions, wherever the folders are; "personal" is one's own mailbox alone
1: d1 NOTIFY SET (subscribed (MessageNew MessageExpunge)) (personal (MessageNew MessageExpunge))
1= d1 OK *
2: d2 APPEND "Public Folders/$box/Deep" {lit:Subject: not subscribed\r\n\r\n}
2= d2 OK *
1: d3 SUBSCRIBE "Public Folders/$box/Deep"
1= d3 OK *
1: d4 NOOP
1= d4 OK *
2: d5 APPEND "Public Folders/$box" {lit:Subject: not subscribed\r\n\r\n}
2= d5 OK *
2: d6 APPEND "Public Folders/$box/Deep" {lit:Subject: subscribed\r\n\r\n}
2= d6 OK *
1= * STATUS "Public Folders/$box/Deep" (MESSAGES 3 UIDNEXT 4 UIDVALIDITY *)
# another's mailbox: what is granted later is heard from then on, what is revoked no longer
1: e1 NOTIFY SET (mailboxes ("Other Users/$bob_box" "Other Users/$bob_box/Work") (MessageNew MessageExpunge MailboxName))
1= e1 OK *
2: e2 APPEND Work {lit:Subject: before\r\n\r\n}
2= e2 OK *
bourse mailbox grant $bob_box $user --rights full
1: e3 STATUS "Other Users/$bob_box/Work" (MESSAGES)
1= * STATUS "Other Users/$bob_box/Work" (MESSAGES 1)
1= e3 OK *
2: e4 APPEND Drafts {lit:Subject: not named\r\n\r\n}
2= e4 OK *
2: e5 APPEND Work {lit:Subject: after\r\n\r\n}
2= e5 OK *
1= * STATUS "Other Users/$bob_box/Work" (MESSAGES 2 UIDNEXT 3 UIDVALIDITY *)
2: e6 SUBSCRIBE Work
2= e6 OK *
2: e7 RENAME Work Play
2= e7 OK *
1= * LIST (\HasNoChildren) "/" "Other Users/$bob_box/Play" ("OLDNAME" ("Other Users/$bob_box/Work"))
2: e8 RENAME Play Work
2= e8 OK *
1= * LIST (\HasNoChildren) "/" "Other Users/$bob_box/Work" ("OLDNAME" ("Other Users/$bob_box/Play"))
bourse mailbox revoke $bob_box $user
1: e9 STATUS "Other Users/$bob_box/Work" (MESSAGES)
1& e9 NO *
1& * LIST (\NoAccess \HasNoChildren) "/" "Other Users/$bob_box"
1& * LIST (\NoAccess \HasNoChildren) "/" "Other Users/$bob_box/Work"
2: e10 APPEND Work {lit:Subject: revoked\r\n\r\n}
2= e10 OK *
1: e11 NOOP
1= e11 OK *
# new messages of a selected public folder are fetched, but for those that the session puts there itself
1: f1 SELECT "Public Folders/$box"
1* f1 OK *
1: f2 NOTIFY SET (selected (MessageNew (UID) MessageExpunge))
1= f2 OK *
1: f3 APPEND "Public Folders/$box" {lit:Subject: mine again\r\n\r\n}
1= * 4 EXISTS
1= * * RECENT
1= f3 OK *
2: f4 APPEND "Public Folders/$box" {lit:Subject: bob's again\r\n\r\n}
2= f4 OK *
1= * 5 EXISTS
1? * 5 FETCH (UID 5)
# whoever may no longer read it is told at once, and not with the next command
2: g1 SELECT "Public Folders/$box"
2* g1 OK *
2: g2 IDLE
2= + *
bourse folder grant public $box authenticated ''
2= * BYE *
2!
1= * BYE *
1!
bourse folder delete public $box
