# RFC 5256 section 3: THREAD
logon 1 imap
1: a1 APPEND INBOX {lit:Date: Wed, 01 Jan 2020 10:00:00 +0000\r\nMessage-ID: <1@x>\r\nSubject: plan\r\n\r\n1\r\n}
1= a1 OK *
1: a2 APPEND INBOX {lit:Date: Wed, 01 Jan 2020 11:00:00 +0000\r\nMessage-ID: <2@x>\r\nIn-Reply-To: <1@x> of Wednesday\r\nSubject: Re: plan\r\n\r\n2\r\n}
1= a2 OK *
1: a3 APPEND INBOX {lit:Date: Wed, 01 Jan 2020 12:00:00 +0000\r\nMessage-ID: <3@x>\r\nReferences: <1@x> <"2"@x>\r\nSubject: Re: plan\r\n\r\n3\r\n}
1= a3 OK *
1: a4 APPEND INBOX {lit:Date: Wed, 01 Jan 2020 13:00:00 +0000\r\nMessage-ID: <4@x>\r\nReferences: <1@x>\r\n <2@x>\r\nSubject: another name\r\n\r\n4\r\n}
1= a4 OK *
# two children of a message that is not here, and a lone one
1: a5 APPEND INBOX {lit:Date: Wed, 01 Jan 2020 14:00:00 +0000\r\nMessage-ID: <5@x>\r\nReferences: <gone@x>\r\nSubject: five\r\n\r\n5\r\n}
1= a5 OK *
1: a6 APPEND INBOX {lit:Date: Wed, 01 Jan 2020 09:00:00 +0000\r\nMessage-ID: <6@x>\r\nReferences: <gone@x>\r\nSubject: six\r\n\r\n6\r\n}
1= a6 OK *
1: a7 APPEND INBOX {lit:Date: Wed, 01 Jan 2020 15:00:00 +0000\r\nMessage-ID: <7@x>\r\nReferences: <lost@x>\r\nSubject: seven\r\n\r\n7\r\n}
1= a7 OK *
# no reference, but the subject of a reply
1: a8 APPEND INBOX {lit:Date: Wed, 01 Jan 2020 16:00:00 +0000\r\nMessage-ID: <8@x>\r\nSubject: Re: Seven (fwd)\r\n\r\n8\r\n}
1= a8 OK *
1: b SELECT INBOX
1* b OK *
1: c THREAD REFERENCES UTF-8 ALL
1= * THREAD ((6)(5))(1 2 (3)(4))(7 8)
1= c OK *
1: d THREAD ORDEREDSUBJECT UTF-8 ALL
1= * THREAD (6)(1 (2)(3))(4)(5)(7 8)
1= d OK *
1: e THREAD REFERENCES US-ASCII 2:3
1= * THREAD (2 3)
1= e OK *
# without 1 and 2 it is their dummies that hold 3 and 4 together
1: f THREAD REFERENCES UTF-8 3:4
1= * THREAD ((3)(4))
1= f OK *
1: g THREAD REFERENCES UTF-8 SUBJECT nothing
1= * THREAD
1= g OK *
# the same Message-ID twice: the later one is another message
1: h APPEND INBOX {lit:Date: Wed, 01 Jan 2020 17:00:00 +0000\r\nMessage-ID: <7@x>\r\nSubject: other\r\n\r\n9\r\n}
1? h OK *
1: i UID THREAD REFERENCES UTF-8 UID 7:*
1= * THREAD (7 8)(9)
1= i OK *
# a loop of references
1: j APPEND INBOX {lit:Message-ID: <l1@x>\r\nDate: Wed, 01 Jan 2020 18:00:00 +0000\r\nReferences: <l2@x>\r\nSubject: l1\r\n\r\n}
1? j OK *
1: k APPEND INBOX {lit:Message-ID: <l2@x>\r\nDate: Wed, 01 Jan 2020 19:00:00 +0000\r\nReferences: <l1@x>\r\nSubject: l2\r\n\r\n}
1? k OK *
1: l THREAD REFERENCES UTF-8 10:11
1= * THREAD (11 10)
1= l OK *
1: m THREAD NONSENSE UTF-8 ALL
1= m BAD *
1: n THREAD REFERENCES ALL
1= n BAD *
