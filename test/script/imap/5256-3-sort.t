# RFC 5256 section 3: SORT by every criterion; RFC 5957 section 3: DISPLAYFROM and DISPLAYTO
logon 1 imap
1: a1 APPEND INBOX "01-Feb-2020 12:00:00 +0000" {lit:Date: Wed, 05 Feb 2020 10:00:00 +0000\r\nFrom: Zoe <anna@example.com>\r\nTo: Beta <x@example.org>\r\nCc: m@example.org\r\nSubject: Re: beta\r\n\r\nlonger text of the first\r\n}
1= a1 OK *
1: a2 APPEND INBOX "02-Feb-2020 12:00:00 +0000" {lit:Date: Wed, 05 Feb 2020 10:00:00 +0200\r\nFrom: bob@example.com\r\nTo: alpha@example.org\r\nSubject: alpha\r\n\r\ntext\r\n}
1= a2 OK *
1: a3 APPEND INBOX "03-Feb-2020 12:00:00 +0000" {lit:From: =?UTF-8?Q?=C3=84nne?= <Carl@example.com>\r\nTo: Alpha <y@example.org>\r\nCc: k@example.org\r\nSubject: [list] Fwd: BETA (fwd)\r\n\r\ntext of it\r\n}
1= a3 OK *
1: b SELECT INBOX
1* b OK *
1: c SORT (ARRIVAL) UTF-8 ALL
1= * SORT 1 2 3
1= c OK *
1: d SORT (REVERSE ARRIVAL) US-ASCII ALL
1= * SORT 3 2 1
1= d OK *
# section 2.2: the zone counts; without a Date the time of arrival does
1: e SORT (DATE) UTF-8 ALL
1= * SORT 3 2 1
1= e OK *
1: f SORT (SIZE) UTF-8 ALL
1= * SORT 2 3 1
1= f OK *
1: g SORT (FROM) UTF-8 ALL
1= * SORT 1 2 3
1= g OK *
1: h SORT (CC) UTF-8 ALL
1= * SORT 2 3 1
1= h OK *
1: i SORT (TO) UTF-8 ALL
1= * SORT 2 1 3
1= i OK *
# equal base subjects stay as they are in the mailbox, reversed or not
1: j SORT (SUBJECT) UTF-8 ALL
1= * SORT 2 1 3
1= j OK *
1: k SORT (REVERSE SUBJECT) UTF-8 ALL
1= * SORT 1 3 2
1= k OK *
1: l SORT (SUBJECT REVERSE DATE) UTF-8 ALL
1= * SORT 2 1 3
1= l OK *
1: m SORT (SUBJECT DATE) UTF-8 ALL
1= * SORT 2 3 1
1= m OK *
# RFC 5957: names first, without accents weighing more than their letter, else the address
1: n SORT (DISPLAYFROM) UTF-8 ALL
1= * SORT 3 2 1
1= n OK *
1: o SORT (DISPLAYTO) UTF-8 ALL
1= * SORT 3 2 1
1= o OK *
# a search chooses what is sorted
1: p SORT (REVERSE ARRIVAL) UTF-8 SUBJECT beta
1= * SORT 3 1
1= p OK *
1: q SORT (DATE) UTF-8 SUBJECT nothing
1= * SORT
1= q OK *
1: r STORE 1 +FLAGS.SILENT (\Deleted)
1= r OK *
1: s EXPUNGE
1* s OK *
1: t UID SORT (REVERSE ARRIVAL) UTF-8 ALL
1= * SORT 3 2
1= t OK *
1: u UID SORT (ARRIVAL) UTF-8 UID 3:*
1= * SORT 3
1= u OK *
# malformed
1: v1 SORT () UTF-8 ALL
1= v1 BAD *
1: v2 SORT (NONSENSE) UTF-8 ALL
1= v2 BAD *
1: v3 SORT (REVERSE) UTF-8 ALL
1= v3 BAD *
1: v4 SORT (DATE) ALL
1= v4 BAD *
1: v5 SORT (DATE) UTF-8
1= v5 BAD *
1: v6 SORT (DATE) X-UNKNOWN ALL
1= v6 NO [BADCHARSET *
1: v7 SORT (DATE DATE DATE DATE DATE DATE DATE DATE DATE DATE DATE DATE DATE DATE DATE DATE DATE) UTF-8 ALL
1= v7 * [LIMIT] *
