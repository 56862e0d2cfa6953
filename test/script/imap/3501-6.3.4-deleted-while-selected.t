# RFC 3501 section 6.3.4 and RFC 2180 section 3: a folder deleted or renamed while another session has it open
logon 1 imap
logon 2 imap
1: a CREATE box
1= a OK *
1: b APPEND box {lit:Subject: a\r\n\r\n}
1= b OK *
1: c SELECT box
1* c OK *
2: a RENAME box other
2= a OK *
1: d FETCH 1 UID
1= * 1 FETCH (UID 1)
1= d OK *
2: b DELETE other
2= b OK *
1: e NOOP
1= * 1 EXPUNGE
1= e OK *
1: f FETCH 1 BODY[]
1= f BAD *
1: f2 SEARCH ALL
1= * SEARCH
1= f2 OK *
1: g SELECT INBOX
1* g OK *
1: h LOGOUT
1* h OK *
