# RFC 8508 section 3: REPLACE and UID REPLACE, one step for APPEND and EXPUNGE; section 4.3: APPENDUID comes first
logon 1 imap
1: a CAPABILITY
1= * CAPABILITY * REPLACE*
1= a OK *
1: b APPEND Drafts (\Draft) {lit:Subject: one\r\n\r\n} (\Deleted) {lit:Subject: two\r\n\r\n} (\Draft) {lit:Subject: three\r\n\r\n}
1= b OK [APPENDUID $validity 1:3] *
# section 3.5: only in the selected state
1: c REPLACE 1 Drafts {lit:Subject: x\r\n\r\n}
1= c BAD *   ## ERR_SEQUENCE
1: d UID REPLACE 1 Drafts {lit:Subject: x\r\n\r\n}
1= d BAD *
1: e SELECT Drafts
1* e OK *
logon 2 imap
2: a SELECT Drafts
2* a OK *
# by number; nothing is inherited; what else is \Deleted stays
1: f REPLACE 1 Drafts (\Seen) "01-Jan-2015 00:05:00 -0500" {17}
1= + *
1- Subject: four\r\n\r\n
1:
1= * OK [APPENDUID $validity 4] *
1& * 3 EXISTS
1& * 1 EXPUNGE
1& * 3 RECENT
1= f OK *
1: g FETCH 1:3 (UID FLAGS INTERNALDATE)
1= * 1 FETCH (UID 2 FLAGS (\Deleted *) INTERNALDATE *)
1= * 2 FETCH (UID 3 FLAGS (\Draft*) INTERNALDATE *)
1= * 3 FETCH (UID 4 FLAGS (\Seen*) INTERNALDATE " 1-Jan-2015 05:05:00 +0000")
1= g OK *
# the other session hears of both
2: b NOOP
2? * 1 EXPUNGE
2? * 3 EXISTS
2* b OK *
# by UID, into another folder
1: h UID REPLACE 3 Sent (\Seen) {lit:Subject: five\r\n\r\n}
1= * OK [APPENDUID * 1] *
1? * 2 EXPUNGE
1* h OK UID REPLACE completed
# section 4.2: with CATENATE, from the one that goes
1: i UID REPLACE 4 Drafts CATENATE (TEXT {lit:To: x@y\r\n} URL /Drafts/;UID=4)
1= * OK [APPENDUID $validity 5] *
1? i OK *
1: j FETCH 2 BODY.PEEK[]
1? * 2 FETCH (BODY[] {26}
1= To: x@y
1= Subject: four
1=
1= )
1= j OK *
# the last one
1: k REPLACE * Drafts {lit:Subject: six\r\n\r\n}
1= * OK [APPENDUID $validity 6] *
1? k OK *
# none there
1: l REPLACE 9 Drafts {lit:Subject: x\r\n\r\n}
1= l BAD *
1: m UID REPLACE 1 Drafts {lit:Subject: x\r\n\r\n}
1= m NO [NONEXISTENT] *
1: n REPLACE 0 Drafts {lit:Subject: x\r\n\r\n}
1= n BAD *
1: o REPLACE 1:2 Drafts {lit:Subject: x\r\n\r\n}
1= o BAD *
1: p REPLACE 1 none {lit:Subject: x\r\n\r\n}
1= p NO [TRYCREATE] *
1: q REPLACE 1 none {5000}
1= q NO [TRYCREATE] *
# section 4.7: no several
1: r REPLACE 1 Drafts {lit:Subject: x\r\n\r\n} {lit:x NOOP\r\n}
1= r BAD *
1: s REPLACE 1 Drafts {0+}\r\n
1= s NO *
1: t UID REPLACE 2 Drafts CATENATE (URL /Drafts/;UID=99)
1= t NO [BADURL /Drafts/;UID=99] *
# taken away by somebody else while it is on its way
1: u REPLACE 1 Drafts {14}
1= + *
2: c UID EXPUNGE 2
2? c OK *
1- Subject: y\r\n\r\n
1:
1? u NO [EXPUNGEISSUED] *
# and once more, with a number that is still told
1: v FETCH 1 UID
1? * 1 FETCH (UID 6)
1= v OK *
1: w STATUS Drafts (MESSAGES UIDNEXT)
1= * STATUS Drafts (MESSAGES 1 UIDNEXT 7)
1= w OK *
1: x EXAMINE Drafts
1* x OK *
1: y REPLACE 1 Drafts {lit:Subject: x\r\n\r\n}
1= y NO [NOPERM] *   ## ERR_READONLY
1: z LOGOUT
1* z OK *
