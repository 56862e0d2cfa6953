# RFC 2342 section 5, RFC 9051 section 6.3.10: NAMESPACE; all folders are personal ones
logon 1 imap
1: a NAMESPACE
1= * NAMESPACE (("" "/")) (("Other Users/" "/")) NIL
1= a OK *
# in selected state, too, and after ENABLE (RFC 6855 section 3)
1: b SELECT INBOX
1* b OK *
1: c NAMESPACE
1= * NAMESPACE (("" "/")) (("Other Users/" "/")) NIL
1= c OK *
1: d ENABLE IMAP4rev2 UTF8=ACCEPT
1= * ENABLED *
1= d OK *
1: e namespace
1= * NAMESPACE (("" "/")) (("Other Users/" "/")) NIL
1= e OK *
1: f NAMESPACE x
1= f BAD *
# INBOX is in the personal namespace
1: g LIST "" INBOX
1= * LIST (\HasNoChildren) "/" INBOX
1= g OK *
1: h LOGOUT
1* h OK *
connect 2 imap
2= * OK *
2: a NAMESPACE
2= a BAD *
