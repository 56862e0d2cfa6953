# RFC 3501 section 6.4.1: CHECK
logon 1 imap
1: a SELECT INBOX
1* a OK *
1: b CHECK
1= b OK *
1: c CHECK x
1= c BAD *
1: d LOGOUT
1* d OK *
