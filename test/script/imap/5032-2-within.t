# RFC 5032 section 2: OLDER and YOUNGER, in seconds
logon 1 imap
1: a1 APPEND INBOX "01-Feb-1994 12:00:00 +0000" {lit:Subject: old\r\n\r\n}
1= a1 OK *
1: a2 APPEND INBOX {lit:Subject: new\r\n\r\n}
1= a2 OK *
1: a3 APPEND INBOX "01-Feb-2999 12:00:00 +0000" {lit:Subject: to come\r\n\r\n}
1= a3 OK *
1: b SELECT INBOX
1* b OK *
1: c1 SEARCH OLDER 86400
1= * SEARCH 1
1= c1 OK *
1: c2 SEARCH YOUNGER 86400
1= * SEARCH 2 3
1= c2 OK *
1: c3 SEARCH NOT YOUNGER 4294967295
1= * SEARCH
1= c3 OK *
1: c4 SEARCH OR OLDER 86400 SUBJECT new
1= * SEARCH 1 2
1= c4 OK *
# nz-number
1: d1 SEARCH OLDER 0
1= d1 BAD *
1: d2 SEARCH YOUNGER -1
1= d2 BAD *
1: d3 SEARCH YOUNGER
1= d3 BAD *
1: d4 SEARCH OLDER 1d
1= d4 BAD *
