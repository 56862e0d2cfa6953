# RFC 4314 section 2, RFC 3501 section 2.3.2: of what a stranger has read nothing is kept, whatever a list says
# server: library
bourse folder create public $box
bourse folder grant public $box authenticated author
bourse folder grant public $box anyone lrswi
logon 1 imap
1: a APPEND "Public Folders/$box" {lit:Subject: one\r\n\r\nfirst}
1= a OK *
connect 2 imap
2= * OK *
2: a LOGIN anonymous me@example.net
2= a OK *
2: b MYRIGHTS "Public Folders/$box"
2= * MYRIGHTS "Public Folders/$box" lrwi
2= b OK *
2: c SELECT "Public Folders/$box"
2? * OK [PERMANENTFLAGS (\Answered \Flagged \Draft \*)] *
2* c OK [READ-WRITE] *
2: d FETCH 1 (BODY[TEXT] FLAGS)
2= * 1 FETCH (FLAGS (*) BODY[TEXT] {5}
2= first)
2= d OK *
2: e STORE 1 +FLAGS (\Seen)
2= e NO [NOPERM] *
2: f SEARCH SEEN
2= * SEARCH
2= f OK *
# what one of them puts there with \Seen is new to the next one, and to everybody else
2: g APPEND "Public Folders/$box" (\Seen) {lit:Subject: two\r\n\r\nsecond}
2? g OK *
connect 3 imap
3= * OK *
3: a LOGIN anonymous x
3= a OK *
3: b STATUS "Public Folders/$box" (MESSAGES UNSEEN)
3= * STATUS "Public Folders/$box" (MESSAGES 2 UNSEEN 2)
3= b OK *
1: b STATUS "Public Folders/$box" (MESSAGES UNSEEN)
1= * STATUS "Public Folders/$box" (MESSAGES 2 UNSEEN 2)
1= b OK *
bourse folder delete public $box
