# RFC 3501 sections 6.4.5 and 9: sets and items that are none (D4)
mail $address Subject: one\r\n\r\ntext\r\n
logon 1 imap
1: a SELECT INBOX
1* a OK *
1: b FETCH 0 FLAGS
1= b BAD *
1: c FETCH 2 FLAGS
1= c BAD *
1: d FETCH 4294967296 FLAGS
1= d BAD *
1: e FETCH 1: FLAGS
1= e BAD *
1: f FETCH 1,,1 FLAGS
1= f BAD *
1: g FETCH -1 FLAGS
1= g BAD *
1: h FETCH 1 ()
1= h BAD *
1: i FETCH 1 XYZZY
1= i BAD *
1: j FETCH 1 BODY[
1= j BAD *
1: k FETCH 1 BODY[0]
1= k BAD *
1: l FETCH 1 BODY[HEADER.FIELDS ()]
1= l BAD *
1: m FETCH 1 BODY[]<1>
1= m BAD *
1: n FETCH 1 BODY[]<1.0>
1= n BAD *
1: o FETCH 1
1= o BAD *
1: p FETCH *:* UID
1= * 1 FETCH (UID 1)
1= p OK *
1: q FETCH 1 BODY.PEEK[]<4294967295.4294967295>
1= * 1 FETCH (BODY[]<4294967295> {0}
1= )
1= q OK *
1: r UID FETCH 1:4294967295 UID
1= * 1 FETCH (UID 1)
1= r OK *
1: s FETCH 1:* (FLAGS
1= s BAD *
1: t LOGOUT
1* t OK *
