# RFC 3502 section 3: several messages with one APPEND, all of them or none; section 4: APPENDUID names each
logon 1 imap
1: a CAPABILITY
1= * CAPABILITY * MULTIAPPEND*
1= a OK *
1: b SELECT INBOX
1* b OK *
# synchronising, each with flags and a date of its own
1: c APPEND INBOX (\Seen) {17}
1= + *
1- Subject: a\r\n\r\nb\r\n
1:  (\Flagged $Work) "01-Feb-1994 21:52:25 -0800" {17}
1= + *
1- Subject: c\r\n\r\nd\r\n
1:  {17}
1= + *
1- Subject: e\r\n\r\nf\r\n
1:
1? * 3 EXISTS
1* c OK [APPENDUID $validity 1:3] *
1: d FETCH 1:3 (FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[TEXT])
1? * 1 FETCH (FLAGS (\Seen*) INTERNALDATE "*" RFC822.SIZE 17 BODY[TEXT] {3}
1* * 2 FETCH (FLAGS (\Flagged* $Work) INTERNALDATE " 2-Feb-1994 05:52:25 +0000" RFC822.SIZE 17 BODY[TEXT] {3}
1* * 3 FETCH (FLAGS (*) INTERNALDATE "*" RFC822.SIZE 17 BODY[TEXT] {3}
1= f
1= )
1= d OK *
# RFC 7888 section 7: not synchronising, and one as good as the other
1: e APPEND INBOX {lit:Subject: g\r\n\r\n} (\Draft) {lit:Subject: h\r\n\r\n} {14}
1= + *
1- Subject: i\r\n\r\n
1:
1? * 6 EXISTS
1* e OK [APPENDUID $validity 4:6] *
# a zero-length one is refused and cancels all
1: f APPEND INBOX {lit:Subject: j\r\n\r\n} {0}
1= + *
1:
1= f NO *
1: g APPEND INBOX {lit:Subject: j\r\n\r\n} {0+}\r\n {lit:Subject: k\r\n\r\n}
1= g NO *
# no folder: the rest is not waited for, and what comes of it is no command
1: h APPEND none {lit:Subject: l\r\n\r\n} {lit:x NOOP\r\n} {5000}
1= h NO [TRYCREATE] *
1: i APPEND INBOX {lit:Subject: l\r\n\r\n} {2000000000}
1= i NO [TOOBIG] *
# bad arguments behind the first message: BAD, and what else comes of the command is passed over
1: j APPEND INBOX {lit:Subject: l\r\n\r\n} (\Recent) {lit:x NOOP\r\n}
1= j BAD *
1: k APPEND INBOX {lit:Subject: l\r\n\r\n} "32-Feb-1994 21:52:25 -0800" {lit:x NOOP\r\n} {lit:y NOOP\r\n}
1= k BAD *
1: l APPEND INBOX {lit:Subject: l\r\n\r\n}x
1= l BAD *
1: m APPEND INBOX {lit:Subject: l\r\n\r\n} (\Seen)
1= m BAD *
1: n APPEND INBOX {lit:Subject: l\r\n\r\n} {lit:Subject: NUL\r\n\r\n\0\r\n} {lit:Subject: m\r\n\r\n}
1= n BAD *   ## ERR_BARELINEEND
1: o APPEND INBOX {lit:Subject: l\r\n\r\n} "open
1= o BAD *
# none of these left anything
1: p STATUS INBOX (MESSAGES UIDNEXT)
1= * STATUS INBOX (MESSAGES 6 UIDNEXT 7)
1= p OK *
1: q LOGOUT
1* q OK *
# the client goes away in the middle: none of them
logon 2 imap
2: a APPEND INBOX {lit:Subject: n\r\n\r\n} {lit:Subject: o\r\n\r\n} {100}
2= + *
2- Subject: p
2.
logon 3 imap
3: a STATUS INBOX (MESSAGES UIDNEXT)
3= * STATUS INBOX (MESSAGES 6 UIDNEXT 7)
3= a OK *
# a line end that is none loses the stream
3: b APPEND INBOX {lit:Subject: q\r\n\r\n} {3+}\nabc
3? * BYE *
3!
# a mailbox that has no room for all of them takes none
bourse mailbox set $box --quota-receive=2K --quota-send=2K --quota-warn=2K
logon 4 imap
4: a APPEND INBOX {lit:Subject: r\r\n\r\n} {1990}
4= a NO [OVERQUOTA] *
4: b STATUS INBOX (MESSAGES UIDNEXT)
4= * STATUS INBOX (MESSAGES 6 UIDNEXT 7)
4= b OK *
4: c LOGOUT
4* c OK *
