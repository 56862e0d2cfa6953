# RFC 5267 section 4.3: SEARCH and SORT RETURN (UPDATE): ADDTO and REMOVEFROM
logon 1 imap
1: a1 APPEND INBOX (\Flagged) "01-Feb-2020 12:00:00 +0000" {lit:Subject: delta\r\n\r\nx\r\n}
1= a1 OK *
1: a2 APPEND INBOX "02-Feb-2020 12:00:00 +0000" {lit:Subject: alpha\r\n\r\nx\r\n}
1= a2 OK *
1: a3 APPEND INBOX (\Flagged) "03-Feb-2020 12:00:00 +0000" {lit:Subject: beta\r\n\r\nx\r\n}
1= a3 OK *
1: a4 APPEND INBOX "04-Feb-2020 12:00:00 +0000" {lit:Subject: gamma\r\n\r\nx\r\n}
1= a4 OK *
1: b SELECT INBOX
1* b OK *
1: b2 STORE 2 +FLAGS.SILENT (\Deleted)
1= b2 OK *
1: b3 EXPUNGE
1* b3 OK *
# by uid, by number, sorted
1: c1 UID SEARCH RETURN (UPDATE COUNT) FLAGGED
1= * ESEARCH (TAG "c1") UID COUNT 2
1= c1 OK *
1: c2 SEARCH RETURN (UPDATE ALL) UNFLAGGED
1= * ESEARCH (TAG "c2") ALL 3
1= c2 OK *
1: c3 UID SORT RETURN (UPDATE ALL) (SUBJECT) UTF-8 FLAGGED
1= * ESEARCH (TAG "c3") UID ALL 3,1
1= c3 OK *
# the tag is taken
1: c1 SORT RETURN (UPDATE) (SUBJECT) UTF-8 FLAGGED
1= c1 BAD *
1: c2 UID SEARCH RETURN (UPDATE) ALL
1= c2 BAD *
1: c3 ESEARCH RETURN (UPDATE) ALL
1= c3 BAD *
# a flag is changed, here
1: d1 STORE 3 +FLAGS (\Flagged)
1= * 3 FETCH (FLAGS (\Flagged \Recent))
1= * ESEARCH (TAG "c1") UID ADDTO (0 4)
1= * ESEARCH (TAG "c2") REMOVEFROM (0 3)
1= * ESEARCH (TAG "c3") UID ADDTO (3 4)
1= d1 OK *
1: d2 UID STORE 4 -FLAGS.SILENT (\Flagged)
1= * ESEARCH (TAG "c1") UID REMOVEFROM (0 4)
1= * ESEARCH (TAG "c2") ADDTO (0 3)
1= * ESEARCH (TAG "c3") UID REMOVEFROM (3 4)
1= d2 OK *
# and by another session
logon 2 imap
2: e1 SELECT INBOX
2* e1 OK *
2: e2 STORE 1 -FLAGS.SILENT (\Flagged)
2= e2 OK *
1: e3 NOOP
1= * 1 FETCH (FLAGS (*))
1= * ESEARCH (TAG "c1") UID REMOVEFROM (0 1)
1= * ESEARCH (TAG "c2") ADDTO (0 1)
1= * ESEARCH (TAG "c3") UID REMOVEFROM (2 1)
1= e3 OK *
2: e4 STORE 1,3 +FLAGS.SILENT (\Flagged)
2= e4 OK *
1: e5 NOOP
1& * 1 FETCH (FLAGS (*))
1& * 3 FETCH (FLAGS (*))
1= * ESEARCH (TAG "c1") UID ADDTO (0 1,4)
1= * ESEARCH (TAG "c2") REMOVEFROM (0 1,3)
1= * ESEARCH (TAG "c3") UID ADDTO (2 1 3 4)
1= e5 OK *
# a message comes: ADDTO behind EXISTS
2: f1 APPEND INBOX (\Flagged) {lit:Subject: charly\r\n\r\nx\r\n}
2* f1 OK *
1: f2 NOOP
1= * 4 EXISTS
1= * * RECENT
1= * ESEARCH (TAG "c1") UID ADDTO (0 5)
1= * ESEARCH (TAG "c3") UID ADDTO (2 5)
1= f2 OK *
# messages go: REMOVEFROM before EXPUNGE, while the numbers are good; a message that is gone leaves at once
2: g1 STORE 2,4 +FLAGS.SILENT (\Deleted)
2= g1 OK *
1: g2 SEARCH RETURN (UPDATE COUNT) ALL
1= * ESEARCH (TAG "g2") COUNT 4
1* g2 OK *
2: g3 EXPUNGE
2* g3 OK *
1: g4 NOOP
1& * ESEARCH (TAG "c1") UID REMOVEFROM (0 3,5)
1& * ESEARCH (TAG "c3") UID REMOVEFROM (2 5 1 3)
1& * ESEARCH (TAG "g2") REMOVEFROM (0 2,4)
1= * 4 EXPUNGE
1= * 2 EXPUNGE
1= g4 OK *
# in IDLE, too
1: h1 IDLE
1= + *
2: h2 APPEND INBOX (\Flagged) {lit:Subject: aaa\r\n\r\nx\r\n}
2* h2 OK *
1= * 3 EXISTS
1= * * RECENT
1= * ESEARCH (TAG "c1") UID ADDTO (0 6)
1= * ESEARCH (TAG "c3") UID ADDTO (1 6)
1= * ESEARCH (TAG "g2") ADDTO (0 3)
1: DONE
1= h1 OK *
# section 4.3: numbers in a program are those of that moment
1: i1 SEARCH RETURN (UPDATE) 1 SEEN
1= * ESEARCH (TAG "i1")
1= i1 OK *
2: i2 STORE 1:3 +FLAGS.SILENT (\Seen)
2= i2 OK *
1: i3 NOOP
1= * 1 FETCH *
1= * 2 FETCH *
1= * 3 FETCH *
1= * ESEARCH (TAG "i1") ADDTO (0 1)
1= i3 OK *
# section 4.3.5
1: j1 CANCELUPDATE "c1" "i1"
1= j1 OK *
1: j2 CANCELUPDATE "c1"
1= j2 BAD *
1: j3 CANCELUPDATE "g2" "nothing"
1= j3 BAD *
1: j4 CANCELUPDATE
1= j4 BAD *
2: j5 STORE 1 -FLAGS.SILENT (\Flagged \Seen)
2= j5 OK *
1: j6 NOOP
1= * 1 FETCH *
1= * ESEARCH (TAG "c2") ADDTO (0 1)
1= * ESEARCH (TAG "c3") UID REMOVEFROM (2 1)
1= j6 OK *
# section 4.3.1: eight of them, and what else was asked for all the same
1: k1 SEARCH RETURN (UPDATE) DRAFT
1= * ESEARCH (TAG "k1")
1= k1 OK *
1: k2 SEARCH RETURN (UPDATE) DRAFT
1= * ESEARCH (TAG "k2")
1= k2 OK *
1: k3 SEARCH RETURN (UPDATE) DRAFT
1= * ESEARCH (TAG "k3")
1= k3 OK *
1: k4 SEARCH RETURN (UPDATE) DRAFT
1= * ESEARCH (TAG "k4")
1= k4 OK *
1: k5 SEARCH RETURN (UPDATE CONTEXT) DRAFT
1= * ESEARCH (TAG "k5")
1= k5 OK *
1: k6 SEARCH RETURN (UPDATE COUNT) DRAFT
1= * NO [NOUPDATE "k6"] *
1= * ESEARCH (TAG "k6") COUNT 0
1= k6 OK *
# another folder ends them
1: l1 SELECT INBOX
1* l1 OK *
1: l2 UID SEARCH RETURN (UPDATE ALL) SUBJECT a
1= * ESEARCH (TAG "l2") UID ALL 1,4,6
1= l2 OK *
2: l3 STORE 1 +FLAGS.SILENT (\Seen)
2= l3 OK *
1: l4 NOOP
1= * 1 FETCH *
1= l4 OK *
# relevance is not kept up to date; ESEARCH updates the selected folder only
1: m1 SORT RETURN (UPDATE COUNT) (RELEVANCY) UTF-8 FUZZY SUBJECT a
1= * NO [NOUPDATE "m1"] *
1= * ESEARCH (TAG "m1") COUNT *
1= m1 OK *
1: m2 ESEARCH IN (mailboxes Trash) RETURN (UPDATE) ALL
1= * NO [NOUPDATE "m2"] *
1= m2 OK *
1: m3 ESEARCH IN (selected mailboxes Trash) RETURN (UPDATE) DRAFT
1= m3 OK *
2: m4 STORE 1 +FLAGS.SILENT (\Draft)
2= m4 OK *
1: m5 NOOP
1= * 1 FETCH *
1= * ESEARCH (TAG "m3") UID ADDTO (0 1)
1= m5 OK *
1: m6 UNSELECT
1= m6 OK *
1: m7 CANCELUPDATE "m3"
1= m7 BAD *
