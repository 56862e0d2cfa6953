# RFC 3516 sections 4.2 and 4.3, RFC 9051 section 6.4.5: BINARY, BINARY.PEEK and BINARY.SIZE
logon 1 imap
1: a APPEND INBOX {lit:MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nb25lCnR3bw0KdGhyZWU=\r\n--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\nAAECAwQKBQ==\r\n--b\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nsoft=\r\n break=3D =0Ahard=20\r\nend\r\n--b\r\nContent-Type: text/plain\r\n\r\nas it is\r\n--b\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\nbegin\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\nPGI+\r\n--b--\r\n}
1= a OK *
1: b SELECT INBOX
1* b OK *
# text: lines end in CRLF whatever was encoded
1: c FETCH 1 (BINARY.SIZE[1] BINARY.PEEK[1])
1= * 1 FETCH (BINARY.SIZE[1] 15 BINARY[1] {15}
1= one
1= two
1= three)
1= c OK *
1: c2 FETCH 1 FLAGS
1= * 1 FETCH (FLAGS (\Recent))
1= c2 OK *
# a NUL is in it: literal8; no line end is touched
1: d FETCH 1 (BINARY.SIZE[2] BINARY.PEEK[2])
1= * 1 FETCH (BINARY.SIZE[2] 7 BINARY[2] ~{7}
1= \0\x01\x02\x03\x04\n\x05)
1= d OK *
# a range without one is a literal; ranges are of the decoded octets
1: e FETCH 1 BINARY.PEEK[2]<1.3>
1= * 1 FETCH (BINARY[2]<1> {3}
1= \x01\x02\x03)
1= e OK *
1: f FETCH 1 (BINARY.PEEK[1]<5.100> BINARY.PEEK[1]<15.1> BINARY.PEEK[1]<0.9223372036854775807>)
1= * 1 FETCH (BINARY[1]<5> {10}
1= two
1= three BINARY[1]<15> {0}
1=  BINARY[1]<0> {15}
1= one
1= two
1= three)
1= f OK *
1: g FETCH 1 (BINARY.PEEK[3] BINARY.SIZE[3])
1= * 1 FETCH (BINARY[3] {24}
1= soft break= 
1= hard 
1= end BINARY.SIZE[3] 24)
1= g OK *
# nothing to decode
1: h FETCH 1 (BINARY.PEEK[4] BINARY.SIZE[4] BINARY.PEEK[4]<3.2>)
1= * 1 FETCH (BINARY[4] {8}
1= as it is BINARY.SIZE[4] 8 BINARY[4]<3> {2}
1= it)
1= h OK *
1: i FETCH 1 RFC822.SIZE
1= * 1 FETCH (RFC822.SIZE $size)
1= i OK *
1: i1 FETCH 1 BINARY.SIZE[]
1= * 1 FETCH (BINARY.SIZE[] $size)
1= i1 OK *
1: i2 FETCH 1 BINARY.PEEK[]<0.8>
1= * 1 FETCH (BINARY[]<0> {8}
1= MIME-Ver)
1= i2 OK *
# section 4.3: what is encoded in another way fails the command, and the rest is given
1: j FETCH 1 (BINARY.PEEK[5] UID BINARY.SIZE[5])
1= * 1 FETCH (UID 1)
1= j NO [UNKNOWN-CTE] *   ## ERR_UNKNOWNCTE
1: k FETCH 1 BINARY.PEEK[5]
1= * 1 FETCH (UID 1)
1= k NO [UNKNOWN-CTE] *
1: l FETCH 1 (BODY.PEEK[5] BINARY.PEEK[5])
1= * 1 FETCH (BODY[5] {5}
1= begin)
1= l NO [UNKNOWN-CTE] *
# parts inside a message, and such as are not there
1: m FETCH 1 (BINARY.PEEK[6.1] BINARY.PEEK[7] BINARY.SIZE[7])
1= * 1 FETCH (BINARY[6.1] {3}
1= <b> BINARY[7] NIL BINARY.SIZE[7] 0)
1= m OK *
# BINARY marks as read
1: n UID FETCH 1 BINARY[4]<0.2>
1= * 1 FETCH (UID 1 BINARY[4]<0> {2}
1= as)
1= * 1 FETCH (UID 1 FLAGS (\Seen \Recent))
1= n OK *
1: o FETCH 1 BINARY[HEADER]
1= o BAD *
1: p FETCH 1 BINARY.SIZE[1]<0.1>
1= p BAD *
1: q LOGOUT
1* q OK *
