# RFC 5255 section 4.7: COMPARATOR; RFC 5051, RFC 4790 section 9: what the three of them compare
logon 1 imap
1: a0 COMPARATOR
1= * COMPARATOR i;unicode-casemap
1= a0 OK *
1: a1 APPEND INBOX {lit:From: b@example.org\r\nSubject: =?utf-8?q?=C3=89clair?=\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nStra\xc3\x9fe \xd0\x96\r\n}
1= a1 OK *
1: a2 APPEND INBOX {lit:From: A@example.org\r\nSubject: Re: eclair\r\nContent-Type: text/plain; charset=utf-8\r\n\r\ne\xcc\x81clair \xd0\xb6\r\n}
1= a2 OK *
1: a3 APPEND INBOX {lit:From: _@example.org\r\nSubject: =?utf-8?q?=C3=A9clair?=\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nx\r\n}
1= a3 OK *
1: b SELECT INBOX
1* b OK *
# i;unicode-casemap: case of every script, composed or not
1: c1 SEARCH CHARSET UTF-8 SUBJECT {7+}\r\n\xc3\xa9CLAIR
1= * SEARCH 1 3
1= c1 OK *
1: c2 SEARCH CHARSET UTF-8 BODY {7+}\r\n\xc3\x89clair
1= * SEARCH 2
1= c2 OK *
1: c3 SEARCH CHARSET UTF-8 TEXT {2+}\r\n\xd0\x96
1= * SEARCH 1 2
1= c3 OK *
1: c4 SORT (FROM) UTF-8 ALL
1= * SORT 2 1 3
1= c4 OK *
1: c5 THREAD ORDEREDSUBJECT UTF-8 ALL
1= * THREAD (1 3)(2)
1= c5 OK *
# i;ascii-casemap
1: d0 COMPARATOR i;ascii-casemap
1= * COMPARATOR i;ascii-casemap
1= d0 OK *
1: d1 SEARCH CHARSET UTF-8 SUBJECT {7+}\r\n\xc3\xa9CLAIR
1= * SEARCH 3
1= d1 OK *
1: d2 SEARCH CHARSET UTF-8 BODY {7+}\r\n\xc3\x89clair
1= * SEARCH
1= d2 OK *
1: d3 SEARCH CHARSET UTF-8 TEXT {2+}\r\n\xd0\x96
1= * SEARCH 1
1= d3 OK *
1: d4 SEARCH TEXT STRA
1= * SEARCH 1
1= d4 OK *
1: d5 THREAD ORDEREDSUBJECT UTF-8 1,3
1= * THREAD (1)(3)
1= d5 OK *
# i;octet
1: e0 COMPARATOR "cz;*" i;octet
1= * COMPARATOR i;octet
1= e0 OK *
1: e1 SEARCH TEXT stra
1= * SEARCH
1= e1 OK *
1: e2 SEARCH TEXT Stra
1= * SEARCH 1
1= e2 OK *
1: e3 SEARCH FROM a@
1= * SEARCH
1= e3 OK *
1: e4 SORT (FROM) UTF-8 ALL
1= * SORT 2 3 1
1= e4 OK *
1: e5 SEARCH HEADER From A
1= * SEARCH 2
1= e5 OK *
# all that match are listed when there is more than one; of one argument the server's first is taken
1: f1 COMPARATOR "i;*"
1= * COMPARATOR i;unicode-casemap (i;unicode-casemap i;ascii-casemap i;octet)
1= f1 OK *
1: f2 COMPARATOR "i;*casemap"
1= * COMPARATOR i;unicode-casemap (i;unicode-casemap i;ascii-casemap)
1= f2 OK *
1: f3 COMPARATOR i;octet i;ascii-casemap
1= * COMPARATOR i;octet (i;ascii-casemap i;octet)
1= f3 OK *
1: f4 COMPARATOR default
1= * COMPARATOR i;unicode-casemap
1= f4 OK *
1: f5 COMPARATOR +i;octet
1= * COMPARATOR i;octet
1= f5 OK *
# section 4.9: none matches, and the one in use stays
1: g1 COMPARATOR cz;phonebook
1= g1 NO [BADCOMPARATOR] *
1: g2 COMPARATOR
1= * COMPARATOR i;octet
1= g2 OK *
1: g3 COMPARATOR "i octet"
1= g3 BAD *
1: g4 COMPARATOR ""
1= g4 BAD *
# it outlives the folder; a session begins with the default
1: h1 UNSELECT
1= h1 OK *
1: h2 COMPARATOR
1= * COMPARATOR i;octet
1= h2 OK *
logon 2 imap
2: i COMPARATOR
2= * COMPARATOR i;unicode-casemap
2= i OK *
