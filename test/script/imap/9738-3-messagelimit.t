# RFC 9738 section 3: MESSAGELIMIT: one command takes no more than so many messages, those with the highest uids, and says so
# server: limited
mail $address Subject: one\r\n\r\n1\r\n
mail $address Subject: two\r\n\r\n2\r\n
mail $address Subject: three\r\n\r\n3\r\n
mail $address Subject: four\r\n\r\n4\r\n
mail $address Subject: five\r\n\r\n5\r\n
logon 1 imap
1: a CAPABILITY
1= * CAPABILITY * MESSAGELIMIT=3 SAVELIMIT=2*
1= a OK *
1: b SELECT INBOX
1* b OK *
1: c UID FETCH 1:* (UID)
1= * 3 FETCH (UID 3)
1= * 4 FETCH (UID 4)
1= * 5 FETCH (UID 5)
1= c OK [MESSAGELIMIT 3 3] *
# the client goes on below
1: d UID FETCH 1:2 (UID)
1= * 1 FETCH (UID 1)
1= * 2 FETCH (UID 2)
1= d OK UID FETCH completed
1: e FETCH 1:4 (BODY.PEEK[TEXT])
1= * 2 FETCH (BODY[TEXT] {3}
1? e OK [MESSAGELIMIT 3 2] *
1: f UID FETCH 1:* (UID) (PARTIAL 1:3)
1= * 1 FETCH (UID 1)
1= * 2 FETCH (UID 2)
1= * 3 FETCH (UID 3)
1= f OK UID FETCH completed
1: g UID FETCH 1:* (UID) (PARTIAL 1:4)
1= g NO [MESSAGELIMIT 3] *
1: h SEARCH ALL
1= * SEARCH 3 4 5
1= h OK [MESSAGELIMIT 3 3] *
1: i UID SEARCH UID 1:2 ALL
1= * SEARCH 1 2
1= i OK UID SEARCH completed
1: i2 UID SEARCH UID 1:*
1= * SEARCH 3 4 5
1= i2 OK [MESSAGELIMIT 3 3] *
1: i3 SEARCH 1:* UID 2:*
1= * SEARCH 3 4 5
1= i3 OK [MESSAGELIMIT 3 3] *
1: i4 UID SEARCH UID 1:3 UID 2:5
1= * SEARCH 2 3
1= i4 OK UID SEARCH completed
1: j UID SEARCH RETURN (MIN MAX COUNT) UID 1:4 UNSEEN
1= * ESEARCH (TAG "j") UID COUNT 3 MIN 2 MAX 4
1= j OK [MESSAGELIMIT 3 2] *
1: k STORE 1:5 +FLAGS (\Seen)
1= * 3 FETCH (FLAGS (\Seen*))
1= * 4 FETCH (FLAGS (\Seen*))
1= * 5 FETCH (FLAGS (\Seen*))
1= k OK [MESSAGELIMIT 3 3] *
1: l UID STORE 1:4 (UNCHANGEDSINCE 1) +FLAGS.SILENT (\Flagged)
1= * OK [HIGHESTMODSEQ *
1= * 2 FETCH *
1= * 3 FETCH *
1= * 4 FETCH *
1= * NO [MESSAGELIMIT 3 2] *
1= l OK [MODIFIED 2:4] *
# COPY: all or nothing
1: m COPY 1:3 Trash
1= m NO [MESSAGELIMIT 2] *
1: n UID COPY 1:2 Trash
1= n OK [COPYUID * 1:2 1:2] *
1: o UID MOVE 1:4 Trash
1= * OK [COPYUID * 2:4 3:5] *
1= * 4 EXPUNGE
1= * 3 EXPUNGE
1= * 2 EXPUNGE
1= o OK [MESSAGELIMIT 3 2] *
1: p SELECT Trash
1* p OK *
# of UID EXPUNGE those that are deleted count
1: q UID STORE 1:3 +FLAGS.SILENT (\Deleted)
1? q OK *
1: r UID STORE 4:5 +FLAGS.SILENT (\Deleted)
1? r OK *
1: s UID EXPUNGE 1:*
1= * 5 EXPUNGE
1= * 4 EXPUNGE
1= * 3 EXPUNGE
1= s OK [MESSAGELIMIT 3 3] *
1: t UID EXPUNGE 1:*
1= * 2 EXPUNGE
1= * 1 EXPUNGE
1= t OK UID EXPUNGE completed
# so many messages are appended at once, no more
1: u APPEND Drafts {4+}\r\na: b {4+}\r\nc: d
1= u OK [APPENDUID * 1:2] *
1: v APPEND Drafts {4+}\r\na: b {4+}\r\nc: d {4+}\r\ne: f
1= v NO [MESSAGELIMIT 2] *
1: w STATUS Drafts (MESSAGES)
1= * STATUS Drafts (MESSAGES 2)
1= w OK *
