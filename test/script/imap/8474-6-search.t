# RFC 8474 section 6: SEARCH EMAILID and THREADID
logon 1 imap
1: a1 APPEND INBOX {lit:Subject: one\r\n\r\n}
1= a1 OK *
1: b SELECT INBOX
1* b OK *
# no such id: nothing, and no error; ids are case sensitive
1: c1 SEARCH EMAILID none-of-ours
1= * SEARCH
1= c1 OK *
1: c2 SEARCH EMAILID m1
1= * SEARCH
1= c2 OK *
1: c3 SEARCH THREADID T1
1= * SEARCH
1= c3 OK *
1: d1 SEARCH EMAILID M.1
1= d1 BAD *
1: d2 SEARCH EMAILID
1= d2 BAD *
1: d3 SEARCH THREADID "a b"
1= d3 BAD *
