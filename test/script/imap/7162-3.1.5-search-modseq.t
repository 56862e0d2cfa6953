# RFC 7162 sections 3.1.5, 3.1.6, 3.1.9 and 3.1.10: MODSEQ in SEARCH, SORT, THREAD and their extended forms
mail $address Subject: one\r\n\r\n1\r\n
mail $address Subject: two\r\n\r\n2\r\n
mail $address Subject: three\r\n\r\n3\r\n
logon 1 imap
1: a SELECT INBOX (CONDSTORE)
1? * OK [HIGHESTMODSEQ $m] *
1= a OK *
1: b STORE 1 +FLAGS.SILENT (\Seen)
1= * 1 FETCH (UID 1 MODSEQ ($m2))
1= b OK *
# equal or greater
1: c SEARCH MODSEQ $m
1= * SEARCH 1 3 (MODSEQ $m2)
1= c OK *
1: d UID SEARCH MODSEQ "/flags/\\\\Seen" all $m2
1= * SEARCH 1 (MODSEQ $m2)
1= d OK *
1: e SEARCH MODSEQ "/flags/$work" priv 0 UNSEEN
1= * SEARCH 2 3 (MODSEQ $m)
1= e OK *
1: f SEARCH NOT MODSEQ "/flags/\\\\draft" shared $m
1= * SEARCH 2 (MODSEQ $x)
1= f OK *
# nothing found: no modseq
1: g SEARCH MODSEQ $m2 UNSEEN
1= * SEARCH
1= g OK *
# not asked for: none
1: h SEARCH SEEN
1= * SEARCH 1
1= h OK *
1: i SORT (REVERSE ARRIVAL) UTF-8 MODSEQ $m
1= * SORT * (MODSEQ $m2)
1= i OK *
1: j THREAD ORDEREDSUBJECT UTF-8 MODSEQ $m2
1= * THREAD (1)
1= j OK *
1: k SEARCH RETURN (ALL) MODSEQ $m
1= * ESEARCH (TAG "k") ALL 1,3 MODSEQ $m2
1= k OK *
# RFC 4731 section 3.2: the modseq of what MIN and MAX name
1: l SEARCH RETURN (MAX) MODSEQ $m
1= * ESEARCH (TAG "l") MAX 3 MODSEQ $m
1= l OK *
1: m SEARCH RETURN (MIN) MODSEQ $m
1= * ESEARCH (TAG "m") MIN 1 MODSEQ $m2
1= m OK *
1: n SEARCH RETURN (COUNT) MODSEQ $m2 UNSEEN
1= * ESEARCH (TAG "n") COUNT 0
1= n OK *
1: o SEARCH MODSEQ
1= o BAD *
1: p SEARCH MODSEQ "/flags/\\\\Seen" $m
1= p BAD *
1: q SEARCH MODSEQ "/colour/red" all $m
1= q BAD *
1: r SEARCH MODSEQ "/flags/\\\\Seen" some $m
1= r BAD *
