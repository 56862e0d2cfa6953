# RFC 4314 section 4, RFC 2342 section 5: every command works on folders of the public store
# server: public
another bob
bourse folder create public $box
bourse folder grant public $box $user lrswipkxtea
bourse folder grant public $box authenticated lrsip
logon 1 imap
logon 2 imap bob
1: a APPEND "Public Folders/$box" (\Flagged) {lit:Subject: one\r\n\r\nfirst}
1= a OK [APPENDUID *
2: a APPEND "Public Folders/$box" {lit:Subject: two\r\n\r\nsecond}
2= a OK [APPENDUID *
# flags come with it as far as the right goes
2: b APPEND "Public Folders/$box" (\Seen \Flagged \Deleted) {lit:Subject: three\r\n\r\nthird}
2= b OK [APPENDUID *
1: b STATUS "Public Folders/$box" (MESSAGES UNSEEN)
1= * STATUS "Public Folders/$box" (MESSAGES 3 UNSEEN 3)
1= b OK *
2: c SELECT "Public Folders/$box"
2? * OK [PERMANENTFLAGS (\Seen)] *
2* c OK [READ-WRITE] *
2: d FETCH 3 (FLAGS)
2= * 3 FETCH (FLAGS (\Seen*
2= d OK *
2: e STORE 1 +FLAGS (\Deleted)
2= e NO [NOPERM] *
2: f EXPUNGE
2= f NO [NOPERM] *
2: g SEARCH SUBJECT two
2= * SEARCH 2
2= g OK *
2: h ESEARCH RETURN (ALL) BODY first
2= * ESEARCH * "Public Folders/$box" *
2= h OK *
2: i UID SORT (SUBJECT) UTF-8 ALL
2= * SORT 1 3 2
2= i OK *
# both hear of each other
1: c SELECT "Public Folders/$box"
1* c OK [READ-WRITE] *
2: j IDLE
2= + *
1: d STORE 1 +FLAGS (\Deleted)
1= * 1 FETCH (FLAGS (*\Deleted*
1= d OK *
2= * 1 FETCH (FLAGS (*\Deleted*
1: e EXPUNGE
1= * 1 EXPUNGE
1* e OK *
2= * 1 EXPUNGE
2: DONE
2= j OK *
# to and from one's own mailbox
2: k COPY 1 INBOX
2= k OK [COPYUID *
2: l MOVE 1 INBOX
2= l NO [NOPERM] *
2: m SELECT INBOX
2* m OK *
2: n MOVE 1 "Public Folders/$box"
2* n OK *
1: f NOOP
1* f OK *
1: g MOVE 2:3 INBOX
1* * OK [COPYUID *
1* g OK *
1: h STATUS INBOX (MESSAGES)
1= * STATUS INBOX (MESSAGES 2)
1= h OK *
# folders
1: i CREATE "Public Folders/$box/A"
1= i OK *
1: j RENAME "Public Folders/$box/A" "Public Folders/$box/B"
1= j OK *
1: k RENAME "Public Folders/$box/B" B
1= k NO [CANNOT] *
1: l RENAME Archive "Public Folders/$box/Archive"
1= l NO [CANNOT] *
2: o CREATE "Public Folders/$box/C"
2= o NO [NOPERM] *
2: p DELETE "Public Folders/$box/B"
2= p NO [NOPERM] *
1: m DELETE "Public Folders/$box/B"
1= m OK *
# lists
1: n SETACL "Public Folders/$box" $bob lrk
1= n OK *
1: o LISTRIGHTS "Public Folders/$box" $bob
1= * LISTRIGHTS "Public Folders/$box" * "" l r s w i p k x t e a n 0 1 2 c d
1= o OK *
2: q MYRIGHTS "Public Folders/$box"
2= * MYRIGHTS "Public Folders/$box" lrkc
2= q OK *
2: r APPEND "Public Folders/$box" {lit:Subject: no\r\n\r\n}
2= r NO [NOPERM] *
1: p DELETEACL "Public Folders/$box" $bob
1= p OK *
2: s MYRIGHTS "Public Folders/$box"
2= * MYRIGHTS "Public Folders/$box" lrsip
2= s OK *
# annotations
1: q SETMETADATA "Public Folders/$box" (/shared/comment "for all" /private/comment "mine")
1= q OK *
2: t GETMETADATA "Public Folders/$box" (/shared/comment /private/comment)
2= * METADATA "Public Folders/$box" (*/shared/comment "for all"*
2= t OK *
# the store is a quota root of its own
1: r GETQUOTAROOT "Public Folders/$box"
1= * QUOTAROOT "Public Folders/$box" "Public Folders"
1= * QUOTA "Public Folders" (MAILBOX *
1= r OK *
1: s GETQUOTA "Public Folders"
1= * QUOTA "Public Folders" (MAILBOX *
1= s OK *
1: t SETQUOTA "Public Folders" (STORAGE 1)
1= t NO *no such quota root
# what is taken away is gone at once
2: u SELECT "Public Folders/$box"
2* u OK *
bourse folder grant public $box authenticated l
2: v NOOP
2* * BYE *
