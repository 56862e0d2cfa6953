# RFC 7162 section 3.2: a folder's annotation that is changed moves its HIGHESTMODSEQ
logon 1 imap
1: a STATUS INBOX (HIGHESTMODSEQ)
1= * STATUS INBOX (HIGHESTMODSEQ 1)
1= a OK *
1: b SETMETADATA INBOX (/private/comment "x")
1= b OK *
1: c STATUS INBOX (HIGHESTMODSEQ)
1= * STATUS INBOX (HIGHESTMODSEQ 2)
1= c OK *
# nobody is told of a message by it
1: d SELECT INBOX
1? * OK [HIGHESTMODSEQ 2] *
1= d OK *
1: e SETMETADATA INBOX (/private/comment NIL)
1= e OK *
1: f STATUS INBOX (HIGHESTMODSEQ)
1= * STATUS INBOX (HIGHESTMODSEQ 3)
1= f OK *
