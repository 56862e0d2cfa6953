# RFC 5465 sections 5.1 to 5.3 and 6: folders that are not selected: STATUS
mail $address Subject: one\r\n\r\n1\r\n
logon 1 imap
logon 2 imap
2: a CREATE lists/one
2= a OK *
2: b CREATE other
2= b OK *
1: a SELECT Drafts
1* a OK *
1: b NOTIFY SET (selected (MessageNew MessageExpunge)) (inboxes (MessageNew MessageExpunge FlagChange)) (subtree lists (MessageNew MessageExpunge))
1= b OK *
2: c SELECT INBOX
2* c OK *
# MessageNew
mail $address Subject: two\r\n\r\n2\r\n
1= * STATUS INBOX (MESSAGES 2 UIDNEXT 3 UIDVALIDITY *)
2: d COPY 1 lists/one
2? d OK *
1= * STATUS lists/one (MESSAGES 1 UIDNEXT 2 UIDVALIDITY *)
# FlagChange
2: e STORE 1 +FLAGS.SILENT (\Seen)
2? e OK *
1= * STATUS INBOX (UIDVALIDITY * UNSEEN 1)
# several things at once are one STATUS: MessageExpunge
2: f STORE 1 +FLAGS.SILENT (\Deleted)
2? f OK *
1= * STATUS INBOX (UIDVALIDITY * UNSEEN 1)
2: g EXPUNGE
2= * 1 EXPUNGE
2= g OK *
1= * STATUS INBOX (MESSAGES 1 UIDNEXT 3)
# not asked for
2: h COPY 1 other
2? h OK *
1_ 0.2
# caused by this client itself: not told
1: c APPEND INBOX {lit:Subject: mine\r\n\r\nx}
1= c OK *
1_ 0.2
# in IDLE, and while something else is selected
1: d IDLE
1= + *
mail $address Subject: three\r\n\r\n3\r\n
1= * STATUS INBOX (MESSAGES 3 UIDNEXT 5 UIDVALIDITY *)
1: DONE
1= d OK *
# RFC 7162: HIGHESTMODSEQ once the client knows of them
1: e ENABLE CONDSTORE
1= * ENABLED CONDSTORE
1= * OK [HIGHESTMODSEQ *
1= e OK *
mail $address Subject: four\r\n\r\n4\r\n
1= * STATUS INBOX (MESSAGES 4 UIDNEXT 6 UIDVALIDITY * HIGHESTMODSEQ *)
# the selected folder is SELECTED's alone
1: f SELECT INBOX
1* f OK *
mail $address Subject: five\r\n\r\n5\r\n
1= * 5 EXISTS
1= * * RECENT
1_ 0.1
1: g UNSELECT
1= g OK *
mail $address Subject: six\r\n\r\n6\r\n
1= * STATUS INBOX (MESSAGES 6 UIDNEXT 8 UIDVALIDITY * HIGHESTMODSEQ *)
1: h NOTIFY SET (subscribed (MessageNew MessageExpunge))
1= h OK *
1: i UNSUBSCRIBE INBOX
1= i OK *
mail $address Subject: seven\r\n\r\n7\r\n
1_ 0.2
1: ii SUBSCRIBE INBOX
1= ii OK *
mail $address Subject: eight\r\n\r\n8\r\n
1= * STATUS INBOX (MESSAGES 8 UIDNEXT 10 UIDVALIDITY * HIGHESTMODSEQ *)
# nothing from here on
1: j NOTIFY NONE
1= j OK *
mail $address Subject: nine\r\n\r\n9\r\n
1_ 0.2
# between pipelined commands nothing is lost: what happened while the client said nothing is told once
1: k NOTIFY SET (personal (MessageNew MessageExpunge FlagChange))
1= k OK *
2: i0 NOOP
2* i0 OK *
2: i STORE 3:4 +FLAGS.SILENT (\Seen)
2* i OK *
1? * STATUS INBOX (*
1: l NOOP
1? l OK *
