# RFC 5466 section 3.1: SEARCH FILTER; section 3.2: filters are annotations of the server
logon 1 imap
1: a1 APPEND INBOX (\Seen) {lit:From: boss@example.com\r\nSubject: one\r\n\r\n}
1= a1 OK *
1: a2 APPEND INBOX {lit:From: other@example.com\r\nSubject: two\r\n\r\n}
1= a2 OK *
1: a3 APPEND INBOX {lit:From: boss@example.com\r\nSubject: three\r\n\r\n}
1= a3 OK *
1: b SELECT INBOX
1* b OK *
1: c1 SETMETADATA "" (/private/filters/values/on-the-road "OR SMALLER 5 FROM \"boss@example.com\"")
1= c1 OK *
1: d1 SEARCH FILTER on-the-road
1= * SEARCH 1 3
1= d1 OK *
1: d2 SEARCH UNSEEN FILTER ON-THE-ROAD SUBJECT t
1= * SEARCH 3
1= d2 OK *
1: d3 SEARCH NOT FILTER on-the-road
1= * SEARCH 2
1= d3 OK *
1: d4 UID SEARCH RETURN (COUNT) OR FILTER on-the-road SUBJECT two
1= * ESEARCH (TAG "d4") UID COUNT 3
1= d4 OK *
1: d5 SORT (REVERSE SUBJECT) UTF-8 FILTER on-the-road
1= * SORT 3 1
1= d5 OK *
1: d6 THREAD ORDEREDSUBJECT US-ASCII FILTER on-the-road
1= * THREAD (*)(*)
1= d6 OK *
1: d7 ESEARCH IN (mailboxes INBOX) FILTER on-the-road
1= * ESEARCH (TAG "d7" MAILBOX INBOX UIDVALIDITY *) UID ALL 1,3
1= d7 OK *
# filters in filters, as deep as five of them; not in a circle
1: e1 SETMETADATA "" (/private/filters/values/f1 "FILTER f2" /private/filters/values/f2 "FILTER f3 ALL" /private/filters/values/f3 "(FILTER f4)" /private/filters/values/f4 "NOT FILTER on-the-road")
1= e1 OK *
1: e2 SEARCH FILTER f1
1= * SEARCH 2
1= e2 OK *
1: e3 SETMETADATA "" (/private/filters/values/round "OR FILTER round SEEN")
1= e3 OK *
1: e4 SEARCH FILTER round
1= e4 NO [UNDEFINED-FILTER round] *
1: e5 SETMETADATA "" (/private/filters/values/ping "FILTER pong FILTER pong" /private/filters/values/pong "FILTER ping FILTER ping")
1= e5 OK *
1: e6 SEARCH FILTER ping
1= e6 NO [*] *
# one that is not there, or not any more
1: f0 SEARCH FILTER nothing
1= f0 NO [UNDEFINED-FILTER nothing] *
1: f1 SETMETADATA "" (/private/filters/values/on-the-road NIL)
1= f1 OK *
1: f2 SEARCH FILTER on-the-road
1= f2 NO [UNDEFINED-FILTER on-the-road] *
1: f3 SEARCH FILTER f1
1= f3 NO [UNDEFINED-FILTER on-the-road] *
1: f4 ESEARCH FILTER nothing
1= f4 NO [UNDEFINED-FILTER nothing] *
# what is no search is not taken (section 3.2)
1: g1 SETMETADATA "" (/private/filters/values/half "OR SMALLER")
1= g1 BAD *
1: g2 SETMETADATA "" (/private/filters/values/none "")
1= g2 BAD *
1: g3 SETMETADATA "" (/private/filters/descriptions/half "anything: a description")
1= g3 OK *
1: g4 SETMETADATA INBOX (/private/filters/values/half "of a folder it is none")
1= g4 OK *
1: g5 SEARCH FILTER half
1= g5 NO [UNDEFINED-FILTER half] *
# filters are UTF-8, and so is what stands beside them
1: h1 SETMETADATA "" (/private/filters/values/all "ALL")
1= h1 OK *
1: h2 SEARCH CHARSET UTF-8 FILTER all
1= * SEARCH 1 2 3
1= h2 OK *
1: h3 SEARCH CHARSET ISO-8859-1 FILTER all
1= h3 BAD [BADCHARSET (UTF-8 US-ASCII)] *
# they outlive the session
1: i1 LOGOUT
1* i1 OK *
logon 2 imap
2: j1 SELECT INBOX
2* j1 OK *
2: j2 SEARCH FILTER all
2= * SEARCH 1 2 3
2= j2 OK *
2: j3 SEARCH FILTER a/b
2= j3 BAD *
2: j4 SEARCH FILTER
2= j4 BAD *
2: j5 SEARCH FILTER "all"
2= j5 BAD *
