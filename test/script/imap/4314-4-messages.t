# RFC 4314 section 4: s, w, t, i and e in a folder; section 5.1.1: PERMANENTFLAGS tells the truth; section 5.2: READ-ONLY
another bob
bourse mailbox grant $box $bob
mail $address Subject: one\r\n\r\n
mail $address Subject: two\r\n\r\n
logon 1 imap
1: a SETACL INBOX $bob lr
1= a OK *
1: b SETACL Archive $bob lr
1* b OK *
1: c SELECT INBOX
1* c OK [READ-WRITE] *
connect 2 imap
2= * OK *
2: a LOGIN $bob\\$box $password
2= a OK *
2: b SELECT INBOX
2= * FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)
2= * OK [PERMANENTFLAGS ()] *
2* b OK [READ-ONLY] *
# reading sets no \Seen
2: c FETCH 1 (BODY[] FLAGS)
2= * 1 FETCH (FLAGS () BODY[] *
2? )
2= c OK *
2: d STORE 1 +FLAGS (\\Seen)
2= d NO *
2: e EXPUNGE
2= e NO *
2: f COPY 1 Archive
2= f NO [NOPERM] *"i"*   ## ERR_PERM
2: g APPEND Archive {lit:Subject: x\r\n\r\n}
2= g NO [NOPERM] *"i"*
2: h MOVE 1 Trash
2= h NO *
2: i UNSELECT
2= i OK *
# i alone: READ-WRITE, and nothing can be changed
1: d SETACL INBOX $bob lri
1* d OK *
2: j SELECT INBOX
2= * FLAGS *
2= * OK [PERMANENTFLAGS ()] *
2* j OK [READ-WRITE] *
2: k STORE 1 +FLAGS (\\Seen \\Flagged)
2= k NO [NOPERM] *"sw"*
# what is given while the folder is open is told at the next command
1: e SETACL INBOX $bob lris
1* e OK *
2: l NOOP
2= * FLAGS *
2= * OK [PERMANENTFLAGS (\\Seen)] *
2= l OK *
# some of the flags: those are changed, and the others stay (STORE)
2: m STORE 1 +FLAGS (\\Seen \\Flagged $word)
2= * 1 FETCH (FLAGS (\\Seen*))
2* m OK *
1: f STORE 1 FLAGS.SILENT (\\Seen \\Answered $kept)
1? f OK *
2: n STORE 1 FLAGS ()
2* * 1 FETCH (FLAGS (\\Answered $kept))
2* n OK *
2: o STORE 1 -FLAGS.SILENT (\\Answered)
2= o NO [NOPERM] *"w"*
1: g SETACL INBOX $bob lrw
1* g OK *
2: p NOOP
2= * FLAGS *
2= * OK [PERMANENTFLAGS (\\Answered \\Flagged \\Draft $kept \\*)] *
2= p OK *
2: q STORE 1 FLAGS (\\Seen \\Deleted \\Flagged $new)
2* * 1 FETCH (FLAGS (\\Flagged $new))
2* q OK *
2: r STORE 1 +FLAGS (\\Deleted)
2= r NO [NOPERM] *"t"*
2: s FETCH 2 BODY[]
2* s OK *
2: t FETCH 2 FLAGS
2= * 2 FETCH (FLAGS ())
2* t OK *
# e
1: h STORE 2 +FLAGS.SILENT (\\Deleted)
1? h OK *
2: u EXPUNGE
2* u NO [NOPERM] *"e"*
2: v UID EXPUNGE 1:*
2= v NO [NOPERM] *"e"*
2: w MOVE 2 Trash
2= w NO [NOPERM] *"te"*
# CLOSE removes nothing without it, and is OK
2: x CLOSE
2= x OK *
1: i STATUS INBOX (MESSAGES DELETED)
1? * STATUS INBOX (MESSAGES 2 DELETED 1)
1* i OK *
# what COPY and APPEND may keep
1: j SETACL Archive $bob lrisw
1* j OK *
1: k SETACL Junk $bob lrti
1* k OK *
1: l STORE 1 FLAGS.SILENT (\\Seen \\Deleted \\Draft $kept)
1? l OK *
2: y SELECT INBOX
2* y OK *
2: z COPY 1 Archive
2* z OK *
2: aa COPY 1 Junk
2* aa OK *
2: ab APPEND Archive (\\Seen \\Deleted \\Draft $kept) {lit:Subject: x\r\n\r\n}
2= ab OK *
2: ac APPEND Junk (\\Seen \\Deleted \\Draft $kept) {lit:Subject: x\r\n\r\n}
2= ac OK *
1: m EXAMINE Archive
1* m OK *
1: n FETCH 1:2 FLAGS
1= * 1 FETCH (FLAGS (\\Seen \\Draft \\Recent $kept))
1= * 2 FETCH (FLAGS (\\Seen \\Draft \\Recent $kept))
1* n OK *
1: o EXAMINE Junk
1* o OK *
1: p FETCH 1:2 FLAGS
1= * 1 FETCH (FLAGS (\\Deleted \\Recent))
1= * 2 FETCH (FLAGS (\\Deleted \\Recent))
1* p OK *
# e and t: now it goes
1: q SETACL INBOX $bob lrte
1* q OK *
2: ad EXPUNGE
2* ad OK *
2: ae FETCH 1:* UID
2= ae OK *
# whoever may not read it any more is out
1: r SETACL INBOX $bob l
1* r OK *
2: af NOOP
2* * BYE *
2!
