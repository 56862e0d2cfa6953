# RFC 5182 section 2, RFC 9051 section 6.4.4.1: the search result variable "$"
logon 1 imap
1: a1 APPEND INBOX (\Seen) {lit:Subject: one\r\n\r\n}
1= a1 OK *
1: a2 APPEND INBOX (\Flagged) {lit:Subject: two\r\n\r\n}
1= a2 OK *
1: a3 APPEND INBOX {lit:Subject: three\r\n\r\n}
1= a3 OK *
1: a4 APPEND INBOX (\Flagged) {lit:Subject: four\r\n\r\n}
1= a4 OK *
1: a5 APPEND INBOX (\Flagged) {lit:Subject: five\r\n\r\n}
1= a5 OK *
1: b CREATE Other
1= b OK *
1: c SELECT INBOX
1* c OK *
# after SELECT it is empty, and no error: no message is meant
1: d1 FETCH $ (UID)
1= d1 OK *
1: d2 COPY $ Other
1= d2 OK *
1: d3 STORE $ +FLAGS (\Deleted)
1= d3 OK *
1: d4 SEARCH $
1= * SEARCH
1= d4 OK *
# SAVE alone: no response; then it stands for messages in all commands that take sets, also pipelined
1- e1 SEARCH RETURN (SAVE) FLAGGED\r\ne2 FETCH $ (UID)\r\n
1= e1 OK *
1= * 2 FETCH (UID 2)
1= * 4 FETCH (UID 4)
1= * 5 FETCH (UID 5)
1= e2 OK *
1: e3 UID FETCH $ (FLAGS)
1= * 2 FETCH (UID 2 FLAGS (*))
1= * 4 FETCH (UID 4 FLAGS (*))
1= * 5 FETCH (UID 5 FLAGS (*))
1= e3 OK *
1: e4 SEARCH UID $ SUBJECT four
1= * SEARCH 4
1= e4 OK *
1: e5 UID SEARCH $ SUBJECT four
1= * SEARCH 4
1= e5 OK *
1: e6 SEARCH OR $ SEEN
1= * SEARCH 1 2 4 5
1= e6 OK *
1: e7 SEARCH NOT $
1= * SEARCH 1 3
1= e7 OK *
1: e8 SORT (SUBJECT) UTF-8 $
1= * SORT 5 4 2
1= e8 OK *
1: e9 THREAD ORDEREDSUBJECT UTF-8 $
1= * THREAD (*)(*)(*)
1= e9 OK *
1: e10 COPY $ Other
1= e10 OK [COPYUID * 2,4:5 1:3] *
1: e11 STORE $ +FLAGS.SILENT ($Mine)
1= e11 OK *
1: e11b FETCH 1 (FLAGS)
1? e11b OK *
1: e12 SEARCH KEYWORD $Mine
1= * SEARCH 2 4 5
1= e12 OK *
# in a set with others (RFC 9051 section 9)
1: e13 SEARCH $,1
1= * SEARCH 1 2 4 5
1= e13 OK *
# section 2.4: what is told is saved
1: f1 SEARCH RETURN (SAVE ALL) SEEN
1= * ESEARCH (TAG "f1") ALL 1
1= f1 OK *
1: f2 SEARCH $
1= * SEARCH 1
1= f2 OK *
1: f3 SEARCH RETURN (SAVE MIN) FLAGGED
1= * ESEARCH (TAG "f3") MIN 2
1= f3 OK *
1: f4 SEARCH $
1= * SEARCH 2
1= f4 OK *
1: f5 SEARCH RETURN (MAX SAVE MIN) FLAGGED
1= * ESEARCH (TAG "f5") MIN 2 MAX 5
1= f5 OK *
1: f6 SEARCH $
1= * SEARCH 2 5
1= f6 OK *
1: f7 SEARCH RETURN (MAX SAVE MIN COUNT) FLAGGED
1= * ESEARCH (TAG "f7") COUNT 3 MIN 2 MAX 5
1= f7 OK *
1: f8 SEARCH $
1= * SEARCH 2 4 5
1= f8 OK *
# what does not save does not touch it (section 2.1): a search without SAVE, one that is BAD, a NO without SAVE
1: g1 SEARCH RETURN (COUNT) SEEN
1= * ESEARCH (TAG "g1") COUNT 1
1= g1 OK *
1: g2 SEARCH RETURN (SAVE) NONSENSE
1= g2 BAD *
1: g3 SEARCH CHARSET X-UNKNOWN SUBJECT x
1= g3 NO [BADCHARSET *
1: g4 SEARCH $
1= * SEARCH 2 4 5
1= g4 OK *
# a NO with SAVE empties it
1: g5 SEARCH RETURN (SAVE) CHARSET X-UNKNOWN SUBJECT x
1= g5 NO [BADCHARSET *
1: g6 SEARCH $
1= * SEARCH
1= g6 OK *
# nothing found is saved, too
1: g7 SEARCH RETURN (SAVE) SEEN
1= g7 OK *
1: g8 SEARCH RETURN (SAVE) SUBJECT nothing
1= g8 OK *
1: g9 FETCH $ (UID)
1= g9 OK *
# what is expunged leaves it, and numbers move
1: h1 SEARCH RETURN (SAVE) FLAGGED
1= h1 OK *
1: h2 STORE 1,4 +FLAGS.SILENT (\Deleted)
1= h2 OK *
1: h3 EXPUNGE
1* h3 OK *
1: h4 FETCH $ (UID)
1= * 1 FETCH (UID 2)
1= * 3 FETCH (UID 5)
1= h4 OK *
# another session expunges
logon 2 imap
2: i1 SELECT INBOX
2* i1 OK *
2: i2 STORE 1 +FLAGS.SILENT (\Deleted)
2= i2 OK *
2: i3 EXPUNGE
2* i3 OK *
1: i4 NOOP
1? * 1 EXPUNGE
1? i4 OK *
1: i5 UID SEARCH $
1= * SEARCH 5
1= i5 OK *
# a new message between them is none of it
1: i6 APPEND INBOX {lit:Subject: six\r\n\r\n}
1? i6 OK *
1: i7 UID FETCH $ (UID)
1= * 2 FETCH (UID 5)
1= i7 OK *
1: i8 SORT RETURN (SAVE) (SUBJECT) UTF-8 ALL
1= i8 OK *
1: i9 UID SEARCH $
1= * SEARCH 3 5 6
1= i9 OK *
# UID EXPUNGE takes it
1: j1 SEARCH RETURN (SAVE) UID 5
1= j1 OK *
1: j2 STORE 1:* +FLAGS.SILENT (\Deleted)
1= j2 OK *
1: j3 UID EXPUNGE $
1= * 2 EXPUNGE
1= j3 OK *
1: j4 MOVE $ Other
1= j4 OK *
# another folder: empty again
1: k1 SEARCH RETURN (SAVE) ALL
1= k1 OK *
1: k2 SELECT Other
1* k2 OK *
1: k3 SEARCH $
1= * SEARCH
1= k3 OK *
1: l1 FETCH $$ (UID)
1= l1 BAD *
1: l2 FETCH $:3 (UID)
1= l2 BAD *
