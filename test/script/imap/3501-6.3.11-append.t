# RFC 3501 section 6.3.11: APPEND with flags and date; RFC 4315 section 3: APPENDUID
logon 1 imap
1: a APPEND INBOX {17}
1= + *
1- Subject: a\r\n\r\nb\r\n
1: 
1= a OK [APPENDUID $validity 1] *
1: b APPEND "INBOX" (\Seen \Flagged $Work) " 1-Feb-1994 21:52:25 -0800" {lit:Subject: b\r\n\r\n}
1= b OK [APPENDUID $validity 2] *
1: c SELECT INBOX
1? * 2 EXISTS
1* c OK *
1: d FETCH 1:2 (FLAGS INTERNALDATE RFC822.SIZE)
1= * 1 FETCH (FLAGS (\Recent) INTERNALDATE "*" RFC822.SIZE 17)
1= * 2 FETCH (FLAGS (*) INTERNALDATE " 2-Feb-1994 05:52:25 +0000" RFC822.SIZE 14)
1= d OK *
# into the selected folder: EXISTS is told
1: e APPEND INBOX {lit:Subject: c\r\n\r\n}
1? * 3 EXISTS
1* e OK [APPENDUID *] *
1: f APPEND none {lit:x}
1= f NO [TRYCREATE] *   ## ERR_NOFOLDER
# the same asked first: no octets need to be sent
1: g APPEND none {5000}
1= g NO [TRYCREATE] *
1: h APPEND INBOX
1= h BAD *
1: i APPEND INBOX (\Recent) {lit:x}
1= i BAD *
1: j APPEND INBOX "32-Feb-1994 21:52:25 -0800" {lit:x}
1= j BAD *
1: k APPEND INBOX {lit:Subject: NUL\r\n\r\n\0\r\n}
1= k BAD *   ## ERR_BARELINEEND
1: l NOOP
1= l OK *
# dates before 1970, far ahead, and in odd zones
1: l1 APPEND INBOX "31-Dec-1969 23:59:59 +0000" {lit:x} " 1-Jan-1900 00:00:00 -1145" {lit:x} "29-Feb-2000 12:00:00 +1400" {lit:x} "31-Dec-2199 23:59:60 +0530" {lit:x}
1? l1 OK [APPENDUID $validity 4:7] *
1: l2 UID FETCH 4:7 INTERNALDATE
1? * 4 FETCH (UID 4 INTERNALDATE "31-Dec-1969 23:59:59 +0000")
1= * 5 FETCH (UID 5 INTERNALDATE " 1-Jan-1900 11:45:00 +0000")
1= * 6 FETCH (UID 6 INTERNALDATE "28-Feb-2000 22:00:00 +0000")
1= * 7 FETCH (UID 7 INTERNALDATE "31-Dec-2199 18:30:00 +0000")
1= l2 OK *
1: l3 APPEND INBOX "29-Feb-1900 00:00:00 +0000" {lit:x}
1= l3 BAD *
1: l4 APPEND INBOX "01-Jan-2000 24:00:00 +0000" {lit:x}
1= l4 BAD *
1: l5 APPEND INBOX "01-Jan-2000 00:00:00 +0060" {lit:x}
1= l5 BAD *
1: l6 APPEND INBOX "01-Jan-2000 00:00:00" {lit:x}
1= l6 BAD *
1: l7 SEARCH BEFORE 1-Jan-1970
1= * SEARCH 4 5
1= l7 OK *
1: m LOGOUT
1* m OK *
