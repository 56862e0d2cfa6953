# RFC 7377 section 2: ESEARCH over several folders
logon 1 imap
1: a1 APPEND INBOX (\Seen) {lit:Subject: chad one\r\n\r\n}
1= a1 OK *
1: a2 APPEND INBOX {lit:Subject: two\r\n\r\n}
1= a2 OK *
1: a3 CREATE folder2
1= a3 OK *
1: a4 CREATE folder2/banana
1= a4 OK *
1: a5 CREATE folder2/banana/split
1= a5 OK *
1: a6 CREATE folder22
1= a6 OK *
1: a7 CREATE empty
1= a7 OK *
1: a8 APPEND folder2 {lit:Subject: chad\r\n\r\n}
1= a8 OK *
1: a9 APPEND folder2/banana {lit:Subject: other\r\n\r\n}
1= a9 OK *
1: a10 APPEND folder2/banana {lit:Subject: chad\r\n\r\n}
1= a10 OK *
1: a11 APPEND folder2/banana/split {lit:Subject: Chad\r\n\r\n}
1= a11 OK *
1: a12 APPEND folder22 {lit:Subject: chad\r\n\r\n}
1= a12 OK *
# section 2.2: nothing is selected, so "selected" is wrong, also as the default
1: b1 ESEARCH ALL
1= b1 BAD *
1: b2 ESEARCH IN (selected) ALL
1= b2 BAD *
1: b3 ESEARCH IN (mailboxes INBOX selected) ALL
1= b3 BAD *
# named folders; an answer for each that has messages, with its name and UIDVALIDITY; none for others
1: c1 ESEARCH IN (mailboxes inbox) SUBJECT chad
1= * ESEARCH (TAG "c1" MAILBOX INBOX UIDVALIDITY *) UID ALL 1
1= c1 OK *
1: c0 UID ESEARCH IN (mailboxes inbox) SUBJECT chad
1= * ESEARCH (TAG "c0" MAILBOX INBOX UIDVALIDITY *) UID ALL 1
1= c0 OK *
1: c2 ESEARCH IN (mailboxes (INBOX folder22 empty nowhere)) RETURN (MIN MAX COUNT) SUBJECT chad
1& * ESEARCH (TAG "c2" MAILBOX INBOX UIDVALIDITY *) UID COUNT 1 MIN 1 MAX 1
1& * ESEARCH (TAG "c2" MAILBOX folder22 UIDVALIDITY *) UID COUNT 1 MIN 1 MAX 1
1= c2 OK *
1: c3 ESEARCH IN (mailboxes "INBOX") RETURN (COUNT) SUBJECT nothing
1= c3 OK *
1: c4 ESEARCH IN (mailboxes nowhere) ALL
1= c4 OK *
# subtree, subtree-one: by levels, not by letters
1: d1 ESEARCH IN (subtree folder2) SUBJECT chad
1& * ESEARCH (TAG "d1" MAILBOX folder2 UIDVALIDITY *) UID ALL 1
1& * ESEARCH (TAG "d1" MAILBOX folder2/banana UIDVALIDITY *) UID ALL 2
1& * ESEARCH (TAG "d1" MAILBOX folder2/banana/split UIDVALIDITY *) UID ALL 1
1= d1 OK *
1: d2 ESEARCH IN (subtree-one folder2) SUBJECT chad
1& * ESEARCH (TAG "d2" MAILBOX folder2 UIDVALIDITY *) UID ALL 1
1& * ESEARCH (TAG "d2" MAILBOX folder2/banana UIDVALIDITY *) UID ALL 2
1= d2 OK *
1: d3 ESEARCH IN (inboxes) UNSEEN
1= * ESEARCH (TAG "d3" MAILBOX INBOX UIDVALIDITY *) UID ALL 2
1= d3 OK *
1: d4 SUBSCRIBE folder22
1= d4 OK *
1: d5 ESEARCH IN (subscribed) SUBJECT chad
1* * ESEARCH (TAG "d5" MAILBOX folder22 UIDVALIDITY *) UID ALL 1
1? d5 OK *
1: d6 ESEARCH IN (personal) RETURN (COUNT) HEADER Subject Chad
1& * ESEARCH (TAG "d6" MAILBOX INBOX UIDVALIDITY *) UID COUNT 1
1& * ESEARCH (TAG "d6" MAILBOX folder2 UIDVALIDITY *) UID COUNT 1
1& * ESEARCH (TAG "d6" MAILBOX folder2/banana UIDVALIDITY *) UID COUNT 1
1& * ESEARCH (TAG "d6" MAILBOX folder2/banana/split UIDVALIDITY *) UID COUNT 1
1& * ESEARCH (TAG "d6" MAILBOX folder22 UIDVALIDITY *) UID COUNT 1
1= d6 OK *
# each folder once, however often it is meant
1: d7 ESEARCH IN (mailboxes folder22 personal subtree folder22) CHARSET UTF-8 SUBJECT chad 1
1& * ESEARCH (TAG "d7" MAILBOX folder22 UIDVALIDITY *) UID ALL 1
1& * ESEARCH (TAG "d7" MAILBOX INBOX UIDVALIDITY *) UID ALL 1
1& * ESEARCH (TAG "d7" MAILBOX folder2 UIDVALIDITY *) UID ALL 1
1& * ESEARCH (TAG "d7" MAILBOX folder2/banana/split UIDVALIDITY *) UID ALL 1
1= d7 OK *
# a star is the last one of each folder; numbers beyond the end are no error
1: d8 ESEARCH IN (mailboxes (INBOX folder2/banana)) *
1& * ESEARCH (TAG "d8" MAILBOX INBOX UIDVALIDITY *) UID ALL 2
1& * ESEARCH (TAG "d8" MAILBOX folder2/banana UIDVALIDITY *) UID ALL 2
1= d8 OK *
1: d9 ESEARCH IN (mailboxes INBOX) 101:200
1= d9 OK *
# PARTIAL counts in each of them
1: d10 ESEARCH IN (mailboxes (INBOX folder22)) RETURN (PARTIAL -1:-1) ALL
1& * ESEARCH (TAG "d10" MAILBOX INBOX UIDVALIDITY *) UID PARTIAL (-1:-1 2)
1& * ESEARCH (TAG "d10" MAILBOX folder22 UIDVALIDITY *) UID PARTIAL (-1:-1 1)
1= d10 OK *
1: d11 ESEARCH IN (mailboxes INBOX) RETURN (ALL RELEVANCY) FUZZY SUBJECT chda
1= * ESEARCH (TAG "d11" MAILBOX INBOX UIDVALIDITY *) UID ALL 1 RELEVANCY (80)
1= d11 OK *
# the selected folder stays selected; uids even of it
1: e1 SELECT folder2/banana
1* e1 OK *
1: e2 STORE 1 +FLAGS.SILENT (\Deleted)
1= e2 OK *
1: e3 EXPUNGE
1* e3 OK *
1: e4 ESEARCH SUBJECT chad
1= * ESEARCH (TAG "e4" MAILBOX folder2/banana UIDVALIDITY *) UID ALL 2
1= e4 OK *
1: e5 ESEARCH IN (selected mailboxes INBOX) ALL
1& * ESEARCH (TAG "e5" MAILBOX folder2/banana UIDVALIDITY *) UID ALL 2
1& * ESEARCH (TAG "e5" MAILBOX INBOX UIDVALIDITY *) UID ALL 1:2
1= e5 OK *
1: e6 FETCH 1 (UID)
1= * 1 FETCH (UID 2)
1= e6 OK *
# SAVE, and what was saved, with the selected folder alone
1: f1 ESEARCH IN (selected) RETURN (SAVE) ALL
1= f1 OK *
1: f2 SEARCH $
1= * SEARCH 1
1= f2 OK *
1: f3 ESEARCH $
1= * ESEARCH (TAG "f3" MAILBOX folder2/banana UIDVALIDITY *) UID ALL 2
1= f3 OK *
1: f4 ESEARCH IN (selected mailboxes INBOX) RETURN (SAVE) ALL
1= f4 BAD *
1: f5 ESEARCH IN (mailboxes INBOX) $
1= f5 BAD *
1: f6 ESEARCH RETURN (SAVE ALL) SUBJECT nothing
1= f6 OK *
1: f7 SEARCH $
1= * SEARCH
1= f7 OK *
# a folder of which nothing is known is passed over, one whose name needs it is quoted
1: g1 CREATE "a b"
1= g1 OK *
1: g2 APPEND "a b" {lit:Subject: chad\r\n\r\n}
1= g2 OK *
1: g3 ESEARCH IN (mailboxes "a b") ALL
1= * ESEARCH (TAG "g3" MAILBOX "a b" UIDVALIDITY *) UID ALL 1
1= g3 OK *
# malformed
1: x1 ESEARCH IN () ALL
1= x1 BAD *
1: x2 ESEARCH IN (selected-delayed) ALL
1= x2 BAD *
1: x3 ESEARCH IN (mailboxes) ALL
1= x3 BAD *
1: x4 ESEARCH IN (subtree ()) ALL
1= x4 BAD *
1: x5 ESEARCH IN (mailboxes INBOX)
1= x5 BAD *
1: x6 ESEARCH IN (mailboxes INBOX (OPTION x)) ALL
1= x6 BAD *
1: x7 ESEARCH IN (mailboxes INBOX) CHARSET X-UNKNOWN ALL
1= x7 NO [BADCHARSET *
1: x8 ESEARCH IN (inboxes inboxes inboxes inboxes inboxes inboxes inboxes inboxes inboxes inboxes inboxes inboxes inboxes inboxes inboxes inboxes inboxes) ALL
1= x8 NO [LIMIT] *
# RFC 9586 section 3: message numbers are gone
logon 2 imap
2: y1 ENABLE UIDONLY
2= * ENABLED UIDONLY
2= y1 OK *
2: y2 ESEARCH IN (mailboxes INBOX) 1
2= y2 BAD [UIDREQUIRED] *
2: y3 ESEARCH IN (mailboxes INBOX) UID 1
2= * ESEARCH (TAG "y3" MAILBOX INBOX UIDVALIDITY *) UID ALL 1
2= y3 OK *
