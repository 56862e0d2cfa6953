# RFC 3501 section 6.4.4: SEARCH finds the last letter of a word, and lines behind the first, in every charset of mail
logon 1 imap
# windows-1258 and windows-1255, of which a letter may wait for one that combines with it
1: a APPEND INBOX {lit:Subject: =?windows-1258?Q?last?=\r\n\r\nx\r\n}
1= a OK *
1: b APPEND INBOX {lit:Subject: =?windows-1255?B?+ezl7Q==?=\r\nContent-Type: text/plain; charset=windows-1258\r\n\r\nfirst\r\nsecond}
1= b OK *
# UTF-16, low octet first: a line end is two octets, and "z\n" without it none
1: c APPEND INBOX {lit:Subject: wide\r\nContent-Type: text/plain; charset=utf-16le\r\nContent-Transfer-Encoding: base64\r\n\r\n{b64:o\0n\0e\0\r\0\n\0t\0w\0o\0\r\0\n\0t\0h\0r\0e\0e\0}\r\n}
1= c OK *
1: d SELECT INBOX
1* d OK *
1: e SEARCH SUBJECT last
1= * SEARCH 1
1= e OK *
1: f SEARCH CHARSET UTF-8 SUBJECT {lit:\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d}
1= * SEARCH 2
1= f OK *
1: g SEARCH BODY second
1= * SEARCH 2
1= g OK *
1: h SEARCH BODY two
1= * SEARCH 3
1= h OK *
1: i SEARCH BODY three
1= * SEARCH 3
1= i OK *
# more than is decoded at once
1- j APPEND INBOX {72112+}\r\nSubject: long\r\nContent-Type: text/plain; charset=utf-16le\r\nContent-Transfer-Encoding: base64\r\n\r\n
repeat 4000 1: dwBvAHIAZAANAAoA
1: bgBlAGUAZABsAGUA
1? j OK *
1: k SEARCH BODY needle
1= * SEARCH 4
1= k OK *
1: l LOGOUT
1* l OK *
