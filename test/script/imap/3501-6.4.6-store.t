# RFC 3501 section 6.4.6: STORE
mail $address Subject: one\r\n\r\n
mail $address Subject: two\r\n\r\n
logon 1 imap
1: a SELECT INBOX
1* a OK *
1: b STORE 1:2 +FLAGS (\Seen)
1= * 1 FETCH (FLAGS (\Seen \Recent))
1= * 2 FETCH (FLAGS (\Seen \Recent))
1= b OK *
1: c STORE 1 FLAGS (\Flagged \Draft)
1= * 1 FETCH (FLAGS (\Flagged \Draft \Recent))
1= c OK *
1: d STORE 1 -FLAGS \Draft
1= * 1 FETCH (FLAGS (\Flagged \Recent))
1= d OK *
1: e STORE 1 +FLAGS.SILENT (\Answered)
1= e OK *
1: f STORE 1 FLAGS.SILENT ()
1= f OK *
1: g FETCH 1 FLAGS
1= * 1 FETCH (FLAGS (\Recent))
1= g OK *
# keywords; the client is told of new ones
1: h STORE 1 +FLAGS (Work)
1? * FLAGS (* Work)
1? * 1 FETCH (FLAGS (*Work*))
1* h OK *
1: i STORE 1 -FLAGS (work)
1= * 1 FETCH (FLAGS (\Recent))
1= i OK *
1: j UID STORE 2 -FLAGS (\Seen)
1= * 2 FETCH (UID 2 FLAGS (\Recent))
1= j OK *
1: k UID STORE 77 +FLAGS (\Seen)
1= k OK *
1: l STORE 3 +FLAGS (\Seen)
1= l BAD *
1: m STORE 1 +FLAGS (\Recent)
1= m BAD *
1: n STORE 1 +FLAGS (\Unknown)
1= n BAD *
1: o STORE 1 FLAG (\Seen)
1= o BAD *
1: p STORE 1
1= p BAD *
1: q LOGOUT
1* q OK *
