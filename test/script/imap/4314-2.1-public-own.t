# RFC 4314 section 2.1: digits are rights of the public store: 1 (w) and 2 (t and e) on messages that one posted oneself
# server: public
another bob
bourse folder create public $box
bourse folder grant public $box $user owner
bourse folder create public $box-b
bourse folder grant public $box-b $user owner
logon 1 imap
1: a GETACL "Public Folders/$box"
1= * ACL "Public Folders/$box" anyone "" authenticated lrsip12 "DOM\\\\$box" lrswipkxtean0cd
1= a OK *
1: b LISTRIGHTS "Public Folders/$box" $bob
1= * LISTRIGHTS "Public Folders/$box" * "" l r s w i p k x t e a n 0 1 2 c d
1= b OK *
# elsewhere nobody knows who posted what
1: c SETACL Archive $bob lr1
1= c NO [CANNOT] *
1: d SETACL "Public Folders/$box" $bob lr3
1= d BAD *
1: e APPEND "Public Folders/$box" {lit:Subject: hers\r\n\r\n1}
1= e OK *
logon 2 imap bob
# an author keeps the flags of what he posts
2: a APPEND "Public Folders/$box" (\Flagged $Work) {lit:Subject: his\r\n\r\n2}
2= a OK *
2: b APPEND "Public Folders/$box" {lit:Subject: his too\r\n\r\n3}
2= b OK *
2: c SELECT "Public Folders/$box"
2? * OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft $Work \*)] *
2* c OK [READ-WRITE] *
2: d FETCH 2 FLAGS
2= * 2 FETCH (FLAGS (*\Flagged*$Work*
2= d OK *
# of what he posted he changes flags, of others' not, and of both together not
2: e STORE 2 +FLAGS (\Answered)
2= * 2 FETCH (FLAGS (*\Answered*
2= e OK *
2: f STORE 1 +FLAGS (\Answered)
2= f NO [NOPERM] *"w"*
2: g STORE 1:3 +FLAGS (\Answered)
2= g NO [NOPERM] *
2: h STORE 1 +FLAGS (\Deleted)
2= h NO [NOPERM] *
# \Seen has a right of its own; with others it alone is kept
2: i STORE 1 +FLAGS (\Seen \Flagged)
2= * 1 FETCH (FLAGS (\Seen*))
2= i OK *
# EXPUNGE takes his, not hers
2: j STORE 3 +FLAGS.SILENT (\Deleted)
2= j OK *
1: f SELECT "Public Folders/$box"
1* f OK *
1: g STORE 1 +FLAGS.SILENT (\Deleted)
1= g OK *
2: k EXPUNGE
2* * 3 EXPUNGE
2* k OK *
2: l UID EXPUNGE 1:*
2= l OK *
2: m STATUS "Public Folders/$box" (MESSAGES DELETED)
2= * STATUS "Public Folders/$box" (MESSAGES 2 DELETED 1)
2* m OK *
# CLOSE too
2: n STORE 2 +FLAGS.SILENT (\Deleted)
2= n OK *
2: o CLOSE
2= o OK *
2: p STATUS "Public Folders/$box" (MESSAGES)
2= * STATUS "Public Folders/$box" (MESSAGES 1)
2= p OK *
1: h STORE 1 -FLAGS.SILENT (\Deleted)
1* h OK *
# REPLACE and MOVE are for what is one's own
2: q APPEND "Public Folders/$box" {lit:Subject: first\r\n\r\n4}
2= q OK *
2: r SELECT "Public Folders/$box"
2* r OK *
2: s REPLACE 1 "Public Folders/$box" {lit:Subject: no\r\n\r\n}
2= s NO [NOPERM] *
2: t REPLACE 2 "Public Folders/$box" {lit:Subject: second\r\n\r\n5}
2* t OK *
2: u MOVE 1 "Public Folders/$box-b"
2= u NO [NOPERM] *
2: v MOVE 1:2 "Public Folders/$box-b"
2= v NO [NOPERM] *
2: w MOVE 2 "Public Folders/$box-b"
2* w OK *
# what was moved stays his who posted it, what was copied is the copier's
1: i MOVE 1 "Public Folders/$box-b"
1* i OK *
1: j SELECT "Public Folders/$box-b"
1* j OK *
1: k COPY 1 "Public Folders/$box"
1= k OK *
2: x SELECT "Public Folders/$box-b"
2* x OK *
2: y STORE 1 +FLAGS.SILENT (\Flagged)
2= y OK *
2: z STORE 2 +FLAGS.SILENT (\Flagged)
2= z NO [NOPERM] *
2: aa SELECT "Public Folders/$box"
2* aa OK *
2: ab STORE 1 +FLAGS.SILENT (\Flagged)
2= ab NO [NOPERM] *
2: ac SELECT "Public Folders/$box-b"
2* ac OK *
2: ad COPY 2 "Public Folders/$box"
2= ad OK *
2: ae SELECT "Public Folders/$box"
2* ae OK *
2: af STORE 2 +FLAGS.SILENT (\Deleted)
2= af OK *
# an editor needs no digits, a reviewer has none
bourse folder grant public $box $bob editor
2: ag STORE 1 +FLAGS.SILENT (\Flagged)
2* ag OK *
bourse folder grant public $box $bob reviewer
2: ah STORE 2 +FLAGS.SILENT (\Flagged)
2* ah NO [NOPERM] *
2: ai EXPUNGE
2= ai NO [NOPERM] *"e"*
