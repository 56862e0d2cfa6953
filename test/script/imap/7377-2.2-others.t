# RFC 7377 section 2.2: ESEARCH in public folders and in mailboxes of others, as far as the rights go
# server: public
another bob
another carol
bourse folder create public $box
bourse folder create public $box/Deep
bourse folder create public $box/Hidden
bourse folder create public $box/Shown
bourse folder grant public $box authenticated author
bourse folder grant public $box/Deep authenticated author
bourse folder grant public $box/Hidden authenticated ''
bourse folder grant public $box/Hidden $bob rip
bourse folder grant public $box/Shown authenticated lip
bourse mailbox grant $bob_box $user --rights read
logon 1 imap
logon 2 imap bob
1: a1 APPEND INBOX {lit:Subject: chad mine\r\n\r\n}
1= a1 OK *
1: a2 APPEND "Public Folders/$box" (\Seen) {lit:Subject: chad there\r\n\r\n}
1= a2 OK *
1: a3 APPEND "Public Folders/$box/Deep" {lit:Subject: chad deep\r\n\r\nneedle\r\n}
1= a3 OK *
1: a4 APPEND "Public Folders/$box/Shown" {lit:Subject: chad shown\r\n\r\n}
1= a4 OK *
2: a5 APPEND "Public Folders/$box/Hidden" {lit:Subject: chad hidden\r\n\r\n}
2= a5 OK *
2: a6 APPEND INBOX {lit:Subject: chad bob\r\n\r\n}
2= a6 OK *
2: a7 CREATE Work
2= a7 OK *
2: a8 APPEND Work {lit:Subject: chad work\r\n\r\n}
2= a8 OK *
# by name, also beside one's own folders: one needs "r"
1: b1 ESEARCH IN (mailboxes (INBOX "Public Folders/$box" "Other Users/$bob_box/Work")) SUBJECT chad
1& * ESEARCH (TAG "b1" MAILBOX INBOX UIDVALIDITY *) UID ALL 1
1& * ESEARCH (TAG "b1" MAILBOX "Public Folders/$box" UIDVALIDITY *) UID ALL 1
1& * ESEARCH (TAG "b1" MAILBOX "Other Users/$bob_box/Work" UIDVALIDITY *) UID ALL 1
1= b1 OK *
1: b2 ESEARCH IN (mailboxes ("Public Folders/$box/Shown" "Public Folders/$box/Hidden" "Other Users/$carol_box" "Public Folders")) SUBJECT chad
1= b2 OK *
2: b3 ESEARCH IN (mailboxes ("Public Folders/$box/Hidden")) SUBJECT chad
2= * ESEARCH (TAG "b3" MAILBOX "Public Folders/$box/Hidden" UIDVALIDITY *) UID ALL 1
2= b3 OK *
# trees: one needs "l" as well; their tops are names too
2: c1 ESEARCH IN (subtree "Public Folders/$box") SUBJECT chad
2& * ESEARCH (TAG "c1" MAILBOX "Public Folders/$box" UIDVALIDITY *) UID ALL 1
2& * ESEARCH (TAG "c1" MAILBOX "Public Folders/$box/Deep" UIDVALIDITY *) UID ALL 1
2= c1 OK *
1: c2 ESEARCH IN (subtree-one "Other Users/$bob_box") SUBJECT chad
1& * ESEARCH (TAG "c2" MAILBOX "Other Users/$bob_box" UIDVALIDITY *) UID ALL 1
1& * ESEARCH (TAG "c2" MAILBOX "Other Users/$bob_box/Work" UIDVALIDITY *) UID ALL 1
1= c2 OK *
1: c3 ESEARCH IN (subtree "Other Users") SUBJECT chad
1& * ESEARCH (TAG "c3" MAILBOX "Other Users/$bob_box" UIDVALIDITY *) UID ALL 1
1& * ESEARCH (TAG "c3" MAILBOX "Other Users/$bob_box/Work" UIDVALIDITY *) UID ALL 1
1= c3 OK *
# each folder once; one's own tree is not that of others, whatever was subscribed to
1: d0 SUBSCRIBE "Public Folders/$box/Deep"
1= d0 OK *
1: d1 ESEARCH IN (personal) SUBJECT chad
1= * ESEARCH (TAG "d1" MAILBOX INBOX UIDVALIDITY *) UID ALL 1
1= d1 OK *
1: d2 ESEARCH IN (subscribed mailboxes "Public Folders/$box/Deep") RETURN (COUNT) SUBJECT deep
1= * ESEARCH (TAG "d2" MAILBOX "Public Folders/$box/Deep" UIDVALIDITY *) UID COUNT 1
1= d2 OK *
1: d3 ESEARCH IN (subscribed) BODY needle
1= * ESEARCH (TAG "d3" MAILBOX "Public Folders/$box/Deep" UIDVALIDITY *) UID ALL 1
1= d3 OK *
# what was read is each reader's own
1: e1 ESEARCH IN (mailboxes "Public Folders/$box") UNSEEN
1= e1 OK *
2: e2 ESEARCH IN (mailboxes "Public Folders/$box") UNSEEN
2= * ESEARCH (TAG "e2" MAILBOX "Public Folders/$box" UIDVALIDITY *) UID ALL 1
2= e2 OK *
# the selected folder is of another mailbox, and one of several
1: f1 SELECT "Public Folders/$box"
1* f1 OK *
1: f2 ESEARCH IN (selected mailboxes INBOX) SUBJECT chad
1& * ESEARCH (TAG "f2" MAILBOX INBOX UIDVALIDITY *) UID ALL 1
1& * ESEARCH (TAG "f2" MAILBOX "Public Folders/$box" UIDVALIDITY *) UID ALL 1
1= f2 OK *
1: f3 FETCH 1 (UID)
1= * 1 FETCH (UID 1)
1= f3 OK *
# the right goes, and with it what is found
bourse mailbox revoke $bob_box $user
1: g1 ESEARCH IN (mailboxes "Other Users/$bob_box/Work") SUBJECT chad
1= g1 OK *
bourse folder delete public $box
