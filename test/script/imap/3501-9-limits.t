# RFC 3501 section 9: the limits of imap.* at their least (D1)
# server: small
logon 1 imap
1: a SELECT INBOX
1* a OK *
1: c SEARCH ((((ALL))))
1= * SEARCH
1= c OK *
1: d LIST "" {70000}
1= d NO [TOOBIG] *
1: e APPEND INBOX {70000}
1= e NO [TOOBIG] *
1: f LOGOUT
1* f OK *
# ten literals in a command, not eleven
logon 2 imap
2: a SELECT INBOX
2* a OK *
repeat 1 2- b SEARCH
repeat 10 2-  SUBJECT {1+}\r\nx
2:
2= * SEARCH
2= b OK *
repeat 1 2- c SEARCH
repeat 11 2-  SUBJECT {1+}\r\nx
2:
2? * BYE *
2!
