# RFC 3501 section 2.3.2: \Recent goes to one session; the other is told 0
logon 1 imap
logon 2 imap
1: a SELECT INBOX
1* a OK *
2: a SELECT INBOX
2* a OK *
1: b IDLE
1= + *
mail $address Subject: one\r\n\r\n
1= * 1 EXISTS
1= * 1 RECENT
1: DONE
1= b OK *
2: b NOOP
2= * 1 EXISTS
2? b OK *
2: c FETCH 1 (FLAGS)
2= * 1 FETCH (FLAGS ())
2= c OK *
1: c FETCH 1 (FLAGS)
1= * 1 FETCH (FLAGS (\Recent))
1= c OK *
