# RFC 4731 section 3.1: SEARCH RETURN
logon 1 imap
1: a1 APPEND INBOX (\Seen) {lit:Subject: one\r\n\r\n}
1= a1 OK *
1: a2 APPEND INBOX {lit:Subject: two\r\n\r\n}
1= a2 OK *
1: a3 APPEND INBOX (\Seen) {lit:Subject: three\r\n\r\n}
1= a3 OK *
1: a4 APPEND INBOX (\Seen) {lit:Subject: four\r\n\r\n}
1= a4 OK *
1: b SELECT INBOX
1* b OK *
1: c SEARCH RETURN (MIN MAX COUNT ALL) SEEN
1= * ESEARCH (TAG "c") COUNT 3 MIN 1 MAX 4 ALL 1,3:4
1= c OK *
# nothing in the brackets is ALL
1: d SEARCH RETURN () CHARSET UTF-8 UNSEEN
1= * ESEARCH (TAG "d") ALL 2
1= d OK *
1: e SEARCH RETURN (MIN) SUBJECT t
1= * ESEARCH (TAG "e") MIN 2
1= e OK *
1: f SEARCH RETURN (count) ALL
1= * ESEARCH (TAG "f") COUNT 4
1= f OK *
# nothing found: no MIN, MAX or ALL, but COUNT 0
1: g SEARCH RETURN (MIN MAX ALL COUNT) SUBJECT none
1= * ESEARCH (TAG "g") COUNT 0
1= g OK *
1: h SEARCH RETURN (ALL) SUBJECT none
1= * ESEARCH (TAG "h")
1= h OK *
1: i STORE 1 +FLAGS.SILENT (\Deleted)
1= i OK *
1: j EXPUNGE
1* j OK *
1: k UID SEARCH RETURN (ALL MAX) ALL
1= * ESEARCH (TAG "k") UID MAX 4 ALL 2:4
1= k OK *
1: l SEARCH RETURN (NONSENSE) ALL
1= l BAD *
1: m SEARCH RETURN ALL
1= m BAD *
1: n SEARCH RETURN (MIN)
1= n BAD *
