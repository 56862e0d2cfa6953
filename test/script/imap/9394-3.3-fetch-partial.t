# RFC 9394 section 3.3: UID FETCH (PARTIAL)
mail $address Subject: one\r\n\r\n1\r\n
mail $address Subject: two\r\n\r\n2\r\n
mail $address Subject: three\r\n\r\n3\r\n
mail $address Subject: four\r\n\r\n4\r\n
mail $address Subject: five\r\n\r\n5\r\n
logon 1 imap
1: a SELECT INBOX
1? * OK [HIGHESTMODSEQ $m] *
1= a OK *
1: b UID FETCH 1:* (UID) (PARTIAL 1:2)
1= * 1 FETCH (UID 1)
1= * 2 FETCH (UID 2)
1= b OK *
1: c UID FETCH 1:* (UID) (PARTIAL -1:-2)
1= * 4 FETCH (UID 4)
1= * 5 FETCH (UID 5)
1= c OK *
1: d UID FETCH 1:* (UID) (PARTIAL 4:3)
1= * 3 FETCH (UID 3)
1= * 4 FETCH (UID 4)
1= d OK *
# of the messages that the set names
1: e UID FETCH 1,3,5 (UID) (PARTIAL 2:3)
1= * 3 FETCH (UID 3)
1= * 5 FETCH (UID 5)
1= e OK *
1: f UID FETCH 1,3,5 (UID) (PARTIAL -3:-7)
1= * 1 FETCH (UID 1)
1= f OK *
# beyond the end
1: g UID FETCH 1:* (UID) (PARTIAL 5:100)
1= * 5 FETCH (UID 5)
1= g OK *
1: h UID FETCH 1:* (UID) (PARTIAL 6:100)
1= h OK *
1: i UID FETCH 1:* (UID) (PARTIAL -6:-100)
1= i OK *
1: j UID FETCH 77:78 (UID) (PARTIAL 1:100)
1= j OK *
# of those that were changed; in any order of the modifiers
1: k UID STORE 2,3,4 +FLAGS.SILENT (\Seen)
1= k OK *
1: l UID FETCH 1:* (FLAGS) (PARTIAL 2:3 CHANGEDSINCE $m)
1= * OK [HIGHESTMODSEQ *
1= * 3 FETCH (UID 3 FLAGS (\Seen*) MODSEQ (*))
1= * 4 FETCH (UID 4 FLAGS (\Seen*) MODSEQ (*))
1= l OK *
1: m UID FETCH 1:* (FLAGS) (CHANGEDSINCE $m PARTIAL -3:-3)
1= * 2 FETCH (UID 2 FLAGS (\Seen*) MODSEQ (*))
1= m OK *
# bodies as well
1: n UID FETCH 1:* (BODY.PEEK[TEXT]) (PARTIAL -2:-2)
1= * 4 FETCH (UID 4 BODY[TEXT] {3}
1= 4
1= )
1= n OK *
1: o FETCH 1:* (UID) (PARTIAL 1:2)
1= o BAD *
1: p UID FETCH 1:* (UID) (PARTIAL 0:2)
1= p BAD *
1: q UID FETCH 1:* (UID) (PARTIAL -1:2)
1= q BAD *
1: r UID FETCH 1:* (UID) (PARTIAL 1:2 PARTIAL 1:2)
1= r BAD *
