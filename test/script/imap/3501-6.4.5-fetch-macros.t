# RFC 3501 section 6.4.5: macros, the RFC822 items, sets
logon 1 imap
1: a APPEND INBOX {lit:Subject: a\r\n\r\nb\r\n}
1= a OK *
1: a2 APPEND INBOX {lit:Subject: c\r\n\r\n}
1= a2 OK *
1: b SELECT INBOX
1* b OK *
1: c FETCH 2 FAST
1= * 2 FETCH (FLAGS (\Recent) INTERNALDATE "*" RFC822.SIZE 14)
1= c OK *
1: d FETCH 2 ALL
1= * 2 FETCH (FLAGS (\Recent) INTERNALDATE "*" RFC822.SIZE 14 ENVELOPE (NIL "c" NIL NIL NIL NIL NIL NIL NIL NIL))
1= d OK *
1: e FETCH 2 FULL
1= * 2 FETCH (FLAGS (\Recent) INTERNALDATE "*" RFC822.SIZE 14 ENVELOPE (*) BODY ("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0))
1= e OK *
1: f FETCH 1 RFC822.HEADER
1= * 1 FETCH (RFC822.HEADER {14}
1= Subject: a
1= 
1= )
1= f OK *
1: g FETCH 1 FLAGS
1= * 1 FETCH (FLAGS (\Recent))
1= g OK *
1: h FETCH 1 RFC822.TEXT
1? b
1* h OK *
1: i FETCH 1 (FLAGS RFC822.SIZE)
1= * 1 FETCH (FLAGS (\Seen \Recent) RFC822.SIZE 17)
1= i OK *
1: j FETCH 2 RFC822
1? Subject: c
1* j OK *
# sets
1: k FETCH 1:* UID
1= * 1 FETCH (UID 1)
1= * 2 FETCH (UID 2)
1= k OK *
1: l FETCH *:1 UID
1= * 1 FETCH (UID 1)
1= * 2 FETCH (UID 2)
1= l OK *
1: m FETCH 2,1,2 UID
1= * $x FETCH (UID *)
1= * * FETCH (UID *)
1= m OK *
1: n FETCH * UID
1= * 2 FETCH (UID 2)
1= n OK *
# section 6.4.8: UID FETCH answers with the UID, asked for or not; UIDs that are not there are passed over
1: o UID FETCH 2:4294967295 (FLAGS)
1= * 2 FETCH (UID 2 FLAGS (\Seen \Recent))
1= o OK *
1: p UID FETCH 77 FLAGS
1= p OK *
1: q UID FETCH 77:* FLAGS
1= * 2 FETCH (UID 2 *)
1= q OK *
1: r LOGOUT
1* r OK *
