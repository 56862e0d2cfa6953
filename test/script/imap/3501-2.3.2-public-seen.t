# RFC 3501 section 2.3.2, RFC 4314 section 2.1: in the public store each reader has a \Seen of its own
# server: public
another bob
bourse folder create public $box
bourse folder grant public $box authenticated lrswi
logon 1 imap
logon 2 imap bob
logon 3 imap bob
1: a APPEND "Public Folders/$box" (\Seen) {lit:Subject: one\r\n\r\nfirst}
1= a OK [APPENDUID *
2: a APPEND "Public Folders/$box" {lit:Subject: two\r\n\r\nsecond}
2= a OK [APPENDUID *
2: b APPEND "Public Folders/$box" {lit:Subject: three\r\n\r\nthird}
2= b OK [APPENDUID *
1: b STATUS "Public Folders/$box" (UNSEEN)
1= * STATUS "Public Folders/$box" (UNSEEN 2)
1= b OK *
2: c STATUS "Public Folders/$box" (UNSEEN)
2= * STATUS "Public Folders/$box" (UNSEEN 3)
2= c OK *
1: c SELECT "Public Folders/$box" (CONDSTORE)
1? * OK [UNSEEN 2] *
1* c OK [READ-WRITE] *
2: d SELECT "Public Folders/$box" (CONDSTORE)
2? * OK [UNSEEN 1] *
2* d OK [READ-WRITE] *
3: d SELECT "Public Folders/$box" (CONDSTORE)
3? * OK [HIGHESTMODSEQ $before] *
3* d OK [READ-WRITE] *
# what one reads, only one's own other session hears of
2: e FETCH 1:2 BODY[TEXT]
2= * 1 FETCH (BODY[TEXT] *
2= first)
2= * 2 FETCH (BODY[TEXT] *
2= second)
2& * 1 FETCH (UID 1 FLAGS (\Seen) MODSEQ (*))
2& * 2 FETCH (UID 2 FLAGS (\Seen) MODSEQ (*))
2= e OK *
3: e NOOP
3& * 1 FETCH (*\Seen*
3& * 2 FETCH (*\Seen*
3= e OK *
1: d NOOP
1= d OK *
1: e SEARCH UNSEEN
1= * SEARCH 2 3
1= e OK *
2: f SEARCH SEEN
2= * SEARCH 1 2
2= f OK *
# flags beside it are everybody's, by the rights of the list
1: f STORE 3 FLAGS (\Seen \Flagged)
1= * 3 FETCH (*FLAGS (*\Seen*
1= f OK *
3: f NOOP
3= * 3 FETCH (*FLAGS (*\Flagged*
3= f OK *
3: g UID SEARCH UNSEEN FLAGGED
3= * SEARCH 3
3= g OK *
# copies have been seen by whom the messages were
2: g COPY 1:3 INBOX
2= * 3 FETCH (*FLAGS (\Flagged)*
2= g OK [COPYUID *
2: h STATUS INBOX (MESSAGES UNSEEN)
2= * STATUS INBOX (MESSAGES 3 UNSEEN 1)
2= h OK *
2: i COPY 2 "Public Folders/$box"
2= * 4 EXISTS
2= * 1 RECENT
2= i OK [COPYUID *
2: j SEARCH UNSEEN
2= * SEARCH 3
2= j OK *
1: h NOOP
1= * 4 EXISTS
1* h OK *
1: g SEARCH UNSEEN
1= * SEARCH 2 4
1= g OK *
# RFC 7162: a reader's own changes since then, also after a new logon
3: h LOGOUT
3= * BYE *
3= h OK *
logon 4 imap bob
4: a SELECT "Public Folders/$box" (CONDSTORE)
4* a OK [READ-WRITE] *
4: b FETCH 1:* (FLAGS) (CHANGEDSINCE $before)
4= * 1 FETCH (*\Seen*
4= * 2 FETCH (*\Seen*
4= * 3 FETCH (*\Flagged*
4= * 4 FETCH (*\Seen*
4= b OK *
4: c STORE 2 (UNCHANGEDSINCE $before) -FLAGS (\Seen)
4= * 2 FETCH (*\Seen*
4= c OK [MODIFIED 2] *
