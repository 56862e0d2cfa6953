# RFC 6851 section 3, RFC 7162 section 3.1.2.2: what was deleted, under "Recoverable Items/", comes back by COPY and MOVE
logon 1 imap
1: a CREATE Done
1= a OK *
1: b APPEND Done (\Flagged) {19+}\r\nSubject: one\r\n\r\nx\r\n
1= b OK *
1: c APPEND Done {19+}\r\nSubject: two\r\n\r\ny\r\n
1= c OK *
1: d SELECT Done
1* d OK *
1: e STORE 1:2 +FLAGS.SILENT (\Deleted)
1= e OK *
1: f EXPUNGE
1= * 2 EXPUNGE
1= * 1 EXPUNGE
1= f OK *
# it is in no list of all folders, but in one that names it
1: g LIST "" "*"
1? * LIST (\HasNoChildren) "/" Done
1* g OK *
1: h LIST "" "Recoverable Items/Do*"
1= * LIST (\HasNoChildren) "/" "Recoverable Items/Done"
1= h OK *
1: i LIST "" "Recoverable Items"
1= * LIST (\Noselect \HasChildren) "/" "Recoverable Items"
1= i OK *
1: j STATUS "Recoverable Items/Done" (MESSAGES UNSEEN)
1= * STATUS "Recoverable Items/Done" (MESSAGES 2 UNSEEN 2)
1= j OK *
1: k SELECT "Recoverable Items/Done"
1? * 2 EXISTS
1? * OK [NOMODSEQ]*
1* k OK [READ-ONLY]*
1: l FETCH 1 (FLAGS BODY.PEEK[TEXT])
1= * 1 FETCH (FLAGS (\Flagged) BODY[TEXT] {3}
1= x
1= )
1= l OK *
# who was told NOMODSEQ asks for none (RFC 7162 section 3.1.2.2)
1: ma FETCH 1 (MODSEQ)
1= ma BAD *
1: mb FETCH 1 (FLAGS) (CHANGEDSINCE 1)
1= mb BAD *
1: mc SEARCH MODSEQ 1
1= mc BAD *
1: md STORE 1 (UNCHANGEDSINCE 1) +FLAGS (\Seen)
1= md BAD *
# nothing is changed there, put there or dropped
1: m STORE 1 +FLAGS (\Seen)
1= m NO *
1: n EXPUNGE
1= n NO *
1: o DELETE "Recoverable Items/Done"
1= o NO *
1: p COPY 1 "Recoverable Items/Done"
1= p NO *
1: q GETACL "Recoverable Items/Done"
1= q NO *
# the message itself goes
1: r MOVE 1 Done
1? * OK [COPYUID * * 3]*
1? * 1 EXPUNGE
1* r OK *
1: s UID COPY * Nowhere
1= s NO *TRYCREATE*
1: t COPY 1 Done
1? * 1 EXPUNGE
1* t OK *
