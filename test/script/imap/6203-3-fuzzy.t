# RFC 6203 section 3: SEARCH FUZZY; RELEVANCY in RETURN and as a sort key
logon 1 imap
1: a1 APPEND INBOX "01-Feb-2020 12:00:00 +0000" {lit:From: Anna <anna@example.org>\r\nSubject: IMAP break\r\n\r\nnothing here\r\n}
1= a1 OK *
1: a2 APPEND INBOX "05-Feb-2020 12:00:00 +0000" {lit:From: Bob <bob@example.org>\r\nSubject: a break of imap servers\r\n\r\nsay hello to them\r\n}
1= a2 OK *
1: a3 APPEND INBOX (\Seen) "01-Mar-2020 12:00:00 +0000" {lit:From: Carl <carl@example.org>\r\nSubject: something else\r\n\r\nhelp\r\n}
1= a3 OK *
1: b SELECT INBOX
1* b OK *
# words in another order, a letter missing; exactly it is none of them
1: c1 SEARCH FUZZY (SUBJECT "imap break")
1= * SEARCH 1 2
1= c1 OK *
1: c2 SEARCH FUZZY SUBJECT "braek imap"
1= * SEARCH 1 2
1= c2 OK *
1: c3 SEARCH SUBJECT "braek imap"
1= * SEARCH
1= c3 OK *
1: c4 SEARCH FUZZY TEXT "Helo"
1= * SEARCH 2 3
1= c4 OK *
1: c5 SEARCH FUZZY BODY "hello" FROM bob@example.org
1= * SEARCH 2
1= c5 OK *
1: c6 SEARCH FUZZY FROM ana
1= * SEARCH
1= c6 OK *
1: c7 SEARCH FUZZY FROM annna
1= * SEARCH 1
1= c7 OK *
1: c8 SEARCH NOT FUZZY TEXT Helo
1= * SEARCH 1
1= c8 OK *
1: c9 SEARCH OR FUZZY SUBJECT imapp SEEN
1= * SEARCH 1 2 3
1= c9 OK *
# section 4: scores
1: d1 SEARCH RETURN (RELEVANCY ALL) FUZZY SUBJECT "imap break"
1= * ESEARCH (TAG "d1") ALL 1:2 RELEVANCY (100 95)
1= d1 OK *
1: d2 UID SEARCH RETURN (PARTIAL 2:2 RELEVANCY) FUZZY SUBJECT "imap break"
1= * ESEARCH (TAG "d2") UID PARTIAL (2:2 2) RELEVANCY (95)
1= d2 OK *
1: d3 SEARCH RETURN (RELEVANCY COUNT) FUZZY SUBJECT nothing
1= * ESEARCH (TAG "d3") COUNT 0
1= d3 OK *
# section 5: dates and sizes a little beside what was asked for; the nearer the better
1: e1 SEARCH RETURN (ALL RELEVANCY) FUZZY (ON 1-Feb-2020)
1= * ESEARCH (TAG "e1") ALL 1:2 RELEVANCY (100 46)
1= e1 OK *
1: e2 SEARCH FUZZY (SINCE 3-Feb-2020 BEFORE 10-Feb-2020)
1= * SEARCH 1 2
1= e2 OK *
1: e3 SEARCH SINCE 3-Feb-2020 BEFORE 10-Feb-2020
1= * SEARCH 2
1= e3 OK *
1: e4 SEARCH FUZZY LARGER 1000000
1= * SEARCH
1= e4 OK *
# flags, numbers and the like are as they are
1: e5 SEARCH FUZZY (SEEN 1:* NOT DELETED)
1= * SEARCH 3
1= e5 OK *
# section 6: the best first
1: f1 SORT (RELEVANCY) UTF-8 FUZZY TEXT "helo"
1= * SORT 2 3
1= f1 OK *
1: f2 SORT (REVERSE RELEVANCY) UTF-8 FUZZY SUBJECT "imap break"
1= * SORT 2 1
1= f2 OK *
1: f3 SORT RETURN (RELEVANCY ALL) (REVERSE RELEVANCY) UTF-8 FUZZY SUBJECT "imap break"
1= * ESEARCH (TAG "f3") ALL 2,1 RELEVANCY (95 100)
1= f3 OK *
1: f4 SORT RETURN (PARTIAL 1:1) (RELEVANCY) UTF-8 FUZZY SUBJECT "imap break"
1= * ESEARCH (TAG "f4") PARTIAL (1:1 1)
1= f4 OK *
# whatever the comparator (section 3)
1: g1 COMPARATOR i;octet
1= * COMPARATOR i;octet
1= g1 OK *
1: g2 SEARCH FUZZY SUBJECT "BREAK IMAP"
1= * SEARCH 1 2
1= g2 OK *
1: g3 SEARCH FUZZY TEXT HELO
1= * SEARCH 2 3
1= g3 OK *
# RELEVANCY without FUZZY is none
1: h1 SEARCH RETURN (RELEVANCY) SUBJECT x
1= h1 BAD *
1: h2 SORT (RELEVANCY) UTF-8 SUBJECT x
1= h2 BAD *
1: h3 SEARCH FUZZY
1= h3 BAD *
