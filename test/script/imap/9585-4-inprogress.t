# RFC 9585 sections 3 and 4: INPROGRESS, while a command takes long
# server: chatty
mail $address Subject: one\r\n\r\nno needle here\r\n
logon 1 imap
1: a CAPABILITY
1* * CAPABILITY * INPROGRESS*
1* a OK *
1: b SELECT INBOX
1* b OK *
1: c0 COPY 1:* INBOX
1* c0 OK *
1: c1 COPY 1:* INBOX
1* c1 OK *
1: c2 COPY 1:* INBOX
1* c2 OK *
1: c3 COPY 1:* INBOX
1* c3 OK *
1: c4 COPY 1:* INBOX
1* c4 OK *
1: c5 COPY 1:* INBOX
1* c5 OK *
1: c6 COPY 1:* INBOX
1* c6 OK *
1: c7 COPY 1:* INBOX
1* c7 OK *
1: c8 COPY 1:* INBOX
1* c8 OK *
1: c9 COPY 1:* INBOX
1* c9 OK *
1: c10 COPY 1:* INBOX
1* c10 OK *
1: c11 COPY 1:* INBOX
1* c11 OK *
# the store is at it: how many of how many messages
1: d COPY 1:* Trash
1? * OK [INPROGRESS ("d" * 4096)] *
1* d OK *
# a search, whose goal is the folder
1: f SEARCH BODY "haystack"
1? * OK [INPROGRESS ("f" * 4096)] *
1? * SEARCH
1* f OK *
# and what it found is one line still
1: g SEARCH RETURN (COUNT) BODY "needle"
1? * OK [INPROGRESS ("g" * NIL)] *
1? * ESEARCH (TAG "g") COUNT 4096
1* g OK *
1: h SORT (SUBJECT) UTF-8 BODY "needle"
1? * OK [INPROGRESS ("h" *
1? * SORT *
1* h OK *
1: i FETCH 1:* (BODY.PEEK[TEXT])
1? * OK [INPROGRESS ("i" * NIL)] *
1* i OK *
# flags are changed so quickly that it takes more of them
1: j0 COPY 1:* INBOX
1? j0 OK *
1: j1 COPY 1:* INBOX
1? j1 OK *
1: j2 COPY 1:* INBOX
1? j2 OK *
1: k STORE 1:* +FLAGS (\Seen)
1? * OK [INPROGRESS ("k" * 32768)] *
1? k OK *
# a tag is quoted; one with a bracket in it is not told, as it would end the code
1: l]l STORE 1:* -FLAGS (\Seen)
1? * OK [INPROGRESS (NIL * 32768)] *
1? l]l OK *
