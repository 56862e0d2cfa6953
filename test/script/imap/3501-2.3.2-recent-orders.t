# RFC 3501 sections 2.3.2 and 6.3.2, RFC 2683 section 3.4.3: \Recent, in each order of two sessions; a message is recent to one of them
logon 1 imap
logon 2 imap
# EXAMINE takes it from nobody
mail $address Subject: one\r\n\r\n
1: a EXAMINE INBOX
1? * 1 RECENT
1* a OK *
2: a EXAMINE INBOX
2? * 1 RECENT
2* a OK *
1: b STATUS INBOX (RECENT)
1= * STATUS INBOX (RECENT 1)
1= b OK *
2: b SELECT INBOX
2? * 1 RECENT
2* b OK *
1: c EXAMINE INBOX
1? * 0 RECENT
1* c OK *
2: c FETCH 1 (FLAGS)
2= * 1 FETCH (FLAGS (\Recent))
2= c OK *
# whoever is told first has it: here the one that asks first
1: d SELECT INBOX
1? * 0 RECENT
1* d OK *
mail $address Subject: two\r\n\r\n
1: e NOOP
1= * 2 EXISTS
1= * 1 RECENT
1= e OK *
2: d NOOP
2= * 2 EXISTS
2= * 1 RECENT
2= d OK *
2: e FETCH 1:2 (FLAGS)
2= * 1 FETCH (FLAGS (\Recent))
2= * 2 FETCH (FLAGS ())
2= e OK *
1: f FETCH 1:2 (FLAGS)
1= * 1 FETCH (FLAGS ())
1= * 2 FETCH (FLAGS (\Recent))
1= f OK *
# the other way round
mail $address Subject: three\r\n\r\n
2: f NOOP
2= * 3 EXISTS
2= * 2 RECENT
2= f OK *
1: g NOOP
1= * 3 EXISTS
1= * 1 RECENT
1= g OK *
# searched for
1: h SEARCH RECENT
1= * SEARCH 2
1= h OK *
2: g SEARCH OLD
2= * SEARCH 2
2= g OK *
# it cannot be stored, and goes when the folder is selected again
1: i STORE 2 +FLAGS (\Recent)
1= i BAD *
1: j SELECT INBOX
1? * 0 RECENT
1* j OK *
2: h UNSELECT
2= h OK *
# in nobody's sight: to the next one that selects
mail $address Subject: four\r\n\r\n
2: i STATUS INBOX (RECENT MESSAGES)
2= * STATUS INBOX (MESSAGES 4 RECENT 1)
2= i OK *
2: j SELECT INBOX
2? * 1 RECENT
2* j OK *
1: k NOOP
1= * 4 EXISTS
1= * 0 RECENT
1= k OK *
# a copy is recent, to whoever is told of it first
1: l COPY 1 INBOX
1= * 5 EXISTS
1= * 1 RECENT
1= l OK *
2: k NOOP
2= * 5 EXISTS
2= * 1 RECENT
2= k OK *
