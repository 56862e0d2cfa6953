# RFC 2342 section 5: NAMESPACE
logon 1 imap
1: a NAMESPACE
1= * NAMESPACE (("" "/")) NIL NIL
1= a OK *
1: b NAMESPACE x
1= b BAD *
1: c LOGOUT
1* c OK *
