# RFC 5259 sections 6, 7.1 and 8.3: CONVERT and UID CONVERT
logon 1 imap
1: a APPEND INBOX {lit:x\r\n}
1= a OK *
1: a2 APPEND INBOX {lit:MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=iso-8859-1; format=flowed\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\ncaf=E9 =\r\nbar=0Aend\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <h@x>\r\n\r\nPGI+w6Q8L2I+\r\n--b\r\nContent-Type: image/png; name=p.png\r\nContent-Disposition: attachment; filename=p.png\r\nContent-Transfer-Encoding: base64\r\n\r\nAVBORwAA\r\n--b\r\nContent-Type: text/plain; charset=x-none\r\n\r\nwhat\r\n--b\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\nbegin\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: =?koi8-r?Q?=C1?=\r\nContent-Type: text/csv; header=present; charset=us-ascii; name=t\r\n\r\na,b\r\n--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\nContent-Type: text/plain\r\n\r\n\xe4\xc3\xa4\r\n--c--\r\n--b--\r\n}
1= a2 OK *
1: b SELECT INBOX
1* b OK *
1: b2 EXPUNGE
1= b2 OK *
# the text in another charset, its transfer encoding undone, its lines ended by CRLF
1: c CONVERT 2 ("text/plain" ("charset" "utf-8")) BINARY[1]
1= * 2 CONVERTED (TAG "c") (BINARY[1] {14}
1= caf\xe9 bar
1= end)
1= c OK CONVERT completed
# the default conversion; without a charset the target's is UTF-8
1: d CONVERT 2 (NIL) (BINARY.SIZE[1] BINARY[1])
1= * 2 CONVERTED (TAG "d") (BINARY.SIZE[1] 14 BINARY[1] {14}
1= caf\xe9 bar
1= end)
1= d OK *
1: e CONVERT 2 ("TEXT/PLAIN" (CHARSET "ISO-8859-2")) (BINARY.SIZE[1])
1= * 2 CONVERTED (TAG "e") (BINARY.SIZE[1] 13)
1= e OK *
# ranges are of the converted octets
1: f CONVERT 2 ("text/plain" ("charset" "utf-8")) (BINARY[1]<0.3> BINARY[1]<6.3> BINARY[1]<9.100> BINARY[1]<14.1> BINARY[1]<900.1>)
1= * 2 CONVERTED (TAG "f") (BINARY[1]<0> {3}
1= caf BINARY[1]<6> {3}
1= bar BINARY[1]<9> {5}
1= 
1= end BINARY[1]<14> {0}
1=  BINARY[1]<900> {0}
1= )
1= f OK *
# UID CONVERT tells the uid, first of all
1: g UID CONVERT 2 (NIL) BINARY.SIZE[1]
1= * 2 CONVERTED (TAG "g") (UID 2 BINARY.SIZE[1] 14)
1= g OK UID CONVERT completed
1: h CONVERT 2 (NIL) (BINARY.SIZE[1] UID)
1= * 2 CONVERTED (TAG "h") (UID 2 BINARY.SIZE[1] 14)
1= h OK *
1: i UID CONVERT 7:9 (NIL) BINARY[1]
1= i OK *
# several messages
1: j CONVERT 1:* (NIL) BINARY.SIZE[1]
1= * 1 CONVERTED (TAG "j") (BINARY.SIZE[1] 3)
1= * 2 CONVERTED (TAG "j") (BINARY.SIZE[1] 14)
1= j OK *
# HTML stays HTML, a picture a picture: only the encoding is undone, and a NUL asks for a literal8
1: k CONVERT 2 (NIL) (BINARY[2] BINARY[3] BINARY.SIZE[3])
1= * 2 CONVERTED (TAG "k") (BINARY[2] {9}
1= <b>ä</b> BINARY[3] ~{6}
1= \x01PNG\0\0 BINARY.SIZE[3] 6)
1= k OK *
1: l CONVERT 2 ("image/png") BINARY[3]<1.3>
1= * 2 CONVERTED (TAG "l") (BINARY[3]<1> ~{3}
1= PNG)
1= l OK *
# parts inside a message and of a multipart, and other files of text made plain
1: m CONVERT 2 ("text/plain" ("charset" "utf-8")) (BINARY[6.1] BINARY[7.1])
1= * 2 CONVERTED (TAG "m") (BINARY[6.1] {3}
1= a,b BINARY[7.1] {4}
1= ää)
1= m OK *
# \Seen is never set
1: n FETCH 1:2 FLAGS
1& * 1 FETCH (FLAGS (\Recent))
1& * 2 FETCH (FLAGS (\Recent))
1= n OK *
# nothing was changed (section 4)
1: o FETCH 2 BODY.PEEK[1]
1= * 2 FETCH (BODY[1] {19}
1= caf=E9 =
1= bar=0Aend)
1= o OK *
# no EXPUNGE meanwhile, but with UID
logon 2 imap
2: a SELECT INBOX
2* a OK *
2: b STORE 1 +FLAGS.SILENT (\Deleted)
2= b OK *
2: c EXPUNGE
2= * 1 EXPUNGE
2= c OK *
1: p CONVERT 2 (NIL) BINARY.SIZE[1]
1= * 2 CONVERTED (TAG "p") (BINARY.SIZE[1] 14)
1= p OK *
1: q UID CONVERT 2 (NIL) BINARY.SIZE[1]
1= * 2 CONVERTED (TAG "q") (UID 2 BINARY.SIZE[1] 14)
1= * 1 EXPUNGE
1= q OK *
# what cannot be asked
1: r CONVERT 2 (NIL) BINARY.SIZE[1]
1= r BAD *
1: s CONVERT 1 (NIL) BINARY[TEXT]
1= s BAD *
1: t CONVERT 1 ("text") BINARY[1]
1= t BAD *
1: u CONVERT 1 ("text/plain") (BINARY[1] BODY[HEADER])
1= u BAD *
1: v CONVERT 1 NIL BINARY[1]
1= v BAD *
1: w CLOSE
1= w OK *
1: x CONVERT 1 (NIL) BINARY[1]
1= x BAD *
# UIDONLY: CONVERTED names message numbers
1: y ENABLE UIDONLY
1= * ENABLED UIDONLY
1= y OK *
1: z SELECT INBOX
1* z OK *
1: z1 CONVERT 1 (NIL) BINARY[1]
1= z1 BAD [UIDREQUIRED] *
1: z2 UID CONVERT 2 (NIL) BINARY[1]
1= z2 NO [CANNOT] *
1: z3 LOGOUT
1* z3 OK *
