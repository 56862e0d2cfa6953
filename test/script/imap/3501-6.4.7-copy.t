# RFC 3501 section 6.4.7: COPY keeps flags and date, all or nothing; RFC 4315 section 3: COPYUID
logon 1 imap
1: a APPEND INBOX (\Seen $Work) "17-Jul-1996 02:44:25 +0000" {lit:Subject: a\r\n\r\nb\r\n}
1= a OK *
1: b APPEND INBOX {lit:Subject: c\r\n\r\n}
1= b OK *
1: c SELECT INBOX
1* c OK *
1: d COPY 1:2 none
1= d NO [TRYCREATE] *
1: e CREATE box
1= e OK *
1: f COPY 1:2 box
1= f OK [COPYUID $validity 1:2 1:2] *
1: g UID COPY 2 box
1= g OK [COPYUID $validity 2 3] *
1: h UID COPY 77 box
1= h OK *
1: i COPY 3 box
1= i BAD *
1: j COPY 1
1= j BAD *
# into itself
1: k COPY 1 INBOX
1? * 3 EXISTS
1* k OK [COPYUID * 1 3] *
1: l SELECT box
1? * 3 EXISTS
1? * 3 RECENT
1* l OK *
1: m FETCH 1 (FLAGS INTERNALDATE)
1= * 1 FETCH (FLAGS (\Seen *Work*) INTERNALDATE "17-Jul-1996 02:44:25 +0000")
1= m OK *
1: n LOGOUT
1* n OK *
