# RFC 2177 section 3: IDLE; what happens is told at once; DONE ends it
logon 1 imap
1: a IDLE x
1= a BAD *
# in the authenticated state, too
1: b IDLE
1= + *
1: DONE
1= b OK *
1: c SELECT INBOX
1* c OK *
1: d IDLE
1= + *
1_ 0.2
mail $address Subject: one\r\n\r\n
1= * 1 EXISTS
1= * 1 RECENT
logon 2 imap
2: a SELECT INBOX
2* a OK *
2: b STORE 1 +FLAGS (\Deleted)
2* b OK *
1? * 1 FETCH (*FLAGS (*\Deleted*))
2: c EXPUNGE
2* c OK *
1= * 1 EXPUNGE
1: done
1= d OK *
# anything else is BAD, and ends it
1: e IDLE
1= + *
1: f NOOP
1= e BAD *
1: g NOOP
1= g OK *
# pipelined
1- h IDLE\r\nDONE\r\ni NOOP\r\n
1= + *
1= h OK *
1= i OK *
# LOGOUT of the client without DONE
1: j IDLE
1= + *
1.
