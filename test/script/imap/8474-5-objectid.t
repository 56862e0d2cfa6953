# RFC 8474 section 5: EMAILID is the message's wherever it goes; THREADID is that of its conversation
logon 1 imap
1: a APPEND INBOX {lit:Message-ID: <one@x>\r\nSubject: A\r\n\r\n1\r\n}
1= a OK *
1: a2 APPEND INBOX {lit:Message-ID: <two@x>\r\nReferences: <one@x>\r\nSubject: Re: A\r\n\r\n2\r\n}
1= a2 OK *
1: a3 APPEND Sent {lit:Message-ID: <three@x>\r\nIn-Reply-To: <two@x>\r\nReferences: <"one"@x>\r\n <two@x>\r\n\r\n3\r\n}
1= a3 OK *
1: a4 APPEND INBOX {lit:Message-ID: <four@x>\r\nIn-Reply-To: <one@x>\r\n\r\n4\r\n}
1= a4 OK *
1: a5 APPEND INBOX {lit:Message-ID: <five@x>\r\nSubject: A\r\n\r\n5\r\n}
1= a5 OK *
1: a6 APPEND INBOX {lit:Subject: A\r\n\r\n6\r\n}
1= a6 OK *
1: b SELECT INBOX
1* b OK *
1: c FETCH 1:5 (EMAILID THREADID)
1= * 1 FETCH (EMAILID ($first) THREADID ($thread))
1= * 2 FETCH (EMAILID ($second) THREADID ($thread))
1= * 3 FETCH (EMAILID ($third) THREADID ($thread))
1= * 4 FETCH (EMAILID ($fourth) THREADID ($other))
1= * 5 FETCH (EMAILID ($fifth) THREADID ($alone))
1= c OK *
# section 6: exactly that id
1: c2 SEARCH EMAILID $second
1= * SEARCH 2
1= c2 OK *
1: c3 SEARCH THREADID $thread
1= * SEARCH 1 2 3
1= c3 OK *
1: c4 UID SEARCH OR EMAILID $fourth THREADID $alone
1= * SEARCH 4 5
1= c4 OK *
1: c5 SEARCH EMAILID $thread
1= * SEARCH
1= c5 OK *
1: c6 SEARCH THREADID t$alone
1= * SEARCH
1= c6 OK *
1: c7 SEARCH EMAILID M0
1= * SEARCH
1= c7 OK *
1: c8 SEARCH EMAILID a*b
1= c8 BAD *
# copies and moves keep both
1: d COPY 1 Sent
1= d OK *
1: e UID MOVE 2 Sent
1* e OK *
1: f SELECT Sent
1* f OK *
1: g FETCH 1:3 (THREADID EMAILID)
1= * 1 FETCH (EMAILID ($reply) THREADID ($thread))
1= * 2 FETCH (EMAILID ($first) THREADID ($thread))
1= * 3 FETCH (EMAILID ($second) THREADID ($thread))
1= g OK *
1: h UID FETCH 2 (UID THREADID)
1= * 2 FETCH (UID 2 THREADID ($thread))
1= h OK *
1: i LOGOUT
1* i OK *
