# RFC 5259 sections 7.1, 8.5 and 9: what fails, and how it is told
logon 1 imap
1: a APPEND INBOX {lit:MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=iso-8859-1; format=flowed\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\ncaf=E9 =\r\nbar=0Aend\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <h@x>\r\n\r\nPGI+w6Q8L2I+\r\n--b\r\nContent-Type: image/png; name=p.png\r\nContent-Disposition: attachment; filename=p.png\r\nContent-Transfer-Encoding: base64\r\n\r\nAVBORwAA\r\n--b\r\nContent-Type: text/plain; charset=x-none\r\n\r\nwhat\r\n--b\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\nbegin\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: =?koi8-r?Q?=C1?=\r\nContent-Type: text/csv; header=present; charset=us-ascii; name=t\r\n\r\na,b\r\n--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\nContent-Type: text/plain\r\n\r\n\xe4\xc3\xa4\r\n--c--\r\n--b--\r\n}
1= a OK *
1: b SELECT INBOX
1* b OK *
# a character that the charset does not have: an error, unless there is a replacement
1: c CONVERT 1 ("text/plain" ("charset" "us-ascii")) BINARY[1]
1= * 1 CONVERTED (TAG "c") (BINARY[1] (ERROR "*" BADPARAMETERS "text/plain" "text/plain" ("charset" "us-ascii")))
1= c NO [CANNOT] all conversions failed
1: d CONVERT 1 ("text/plain" ("charset" "us-ascii" "unknown-character-replacement" "(?)")) (BINARY.SIZE[1] BINARY[1])
1= * 1 CONVERTED (TAG "d") (BINARY.SIZE[1] 15 BINARY[1] {15}
1= caf(?) bar
1= end)
1= d OK *
# one that cannot be written itself, or is too long
1: e CONVERT 1 ("text/plain" ("charset" "us-ascii" "unknown-character-replacement" {lit:\xc3\xa4})) BINARY[1]
1= * 1 CONVERTED (TAG "e") (BINARY[1] (ERROR "*" BADPARAMETERS "text/plain" "text/plain" ("unknown-character-replacement" {2}
1= ä)))
1= e NO *
1: f CONVERT 1 (NIL ("unknown-character-replacement" "12345678901234567")) BINARY[1]
1= * 1 CONVERTED (TAG "f") (BINARY[1] (ERROR "*" BADPARAMETERS "text/plain" "text/plain" ("unknown-character-replacement" "12345678901234567")))
1= f NO *
# a charset that is none, a parameter that is none, one that does not apply, one given twice
1: g CONVERT 1 ("text/plain" ("charset" "x-none" "pix-x" "9")) BINARY[1]
1= * 1 CONVERTED (TAG "g") (BINARY[1] (ERROR "*" BADPARAMETERS "text/plain" "text/plain" ("charset" "x-none" "pix-x" "9")))
1= g NO *
1: h CONVERT 1 (NIL ("charset" "utf-8" "Charset" "utf-8")) BINARY[1]
1= * 1 CONVERTED (TAG "h") (BINARY[1] (ERROR "*" BADPARAMETERS "text/plain" "text/plain" ("Charset" "utf-8")))
1= h NO *
1: i CONVERT 1 ("image/png" ("charset" "utf-8")) BINARY[3]
1= * 1 CONVERTED (TAG "i") (BINARY[3] (ERROR "*" BADPARAMETERS "image/png" "image/png" ("charset" "utf-8")))
1= i NO *
# UTF-16 is no charset of text in mail (RFC 2781 section 4.1)
1: j CONVERT 1 (NIL ("charset" "utf-16")) BINARY[1]
1= * 1 CONVERTED (TAG "j") (BINARY[1] (ERROR "*" BADPARAMETERS "text/plain" "text/plain" ("charset" "utf-16")))
1= j NO *
# no such conversion: no parameters are named
1: k CONVERT 1 ("application/pdf" ("charset" "utf-8")) (BINARY[1] BINARY.SIZE[2] BODYPARTSTRUCTURE[3])
1= * 1 CONVERTED (TAG "k") (BINARY[1] (ERROR "*" BADPARAMETERS "text/plain" "application/pdf") BINARY.SIZE[2] (ERROR "*" BADPARAMETERS "text/html" "application/pdf") BODYPARTSTRUCTURE[3] (ERROR "*" BADPARAMETERS "image/png" "application/pdf"))
1= k NO [CANNOT] *
1: l CONVERT 1 (NIL) (BINARY[] BINARY[6] BINARY[7])
1= * 1 CONVERTED (TAG "l") (BINARY[] (ERROR "*" BADPARAMETERS "message/rfc822" "text/plain") BINARY[6] (ERROR "*" BADPARAMETERS "message/rfc822" "text/plain") BINARY[7] (ERROR "*" BADPARAMETERS "multipart/alternative" "text/plain"))
1= l NO *
# no such part: NIL in place of its type
1: m CONVERT 1 ("text/plain") (BINARY[8] BINARY[1.1] AVAILABLECONVERSIONS[9])
1= * 1 CONVERTED (TAG "m") (BINARY[8] (ERROR "*" BADPARAMETERS NIL "text/plain") BINARY[1.1] (ERROR "*" BADPARAMETERS NIL "text/plain") AVAILABLECONVERSIONS[9] (ERROR "*" BADPARAMETERS NIL "text/plain"))
1= m NO *
# what the part says of itself is not known: charset, encoding
1: n CONVERT 1 (NIL) (BINARY[4] BINARY[5])
1= * 1 CONVERTED (TAG "n") (BINARY[4] (ERROR "*" BADPARAMETERS "text/plain" "text/plain") BINARY[5] (ERROR "*" BADPARAMETERS "text/plain" "text/plain"))
1= n NO *
# one that succeeds is enough for OK
1: o CONVERT 1 ("text/plain" ("charset" "us-ascii")) (BINARY[1] BINARY[6.1])
1= * 1 CONVERTED (TAG "o") (BINARY[1] (ERROR "*" BADPARAMETERS "text/plain" "text/plain" ("charset" "us-ascii")) BINARY[6.1] {3}
1= a,b)
1= o OK some conversions failed
# limits
1: p CONVERT 1 (NIL) (BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1] BINARY[1])
1= p NO [MAXCONVERTPARTS 100] *
1: q CONVERT 1 (NIL (a a b b c c d d e e f f g g h h i i j j k k l l m m n n o o p p q q r r s s t t u u)) BINARY[1]
1= q NO [LIMIT] *
# section 10: the text is in the language of the session, and UTF-8 then
1: q2 LANGUAGE de
1* q2 OK *
1: q3 CONVERT 1 (NIL (a b)) (BINARY[8] BODY[HEADER])
1= * 1 CONVERTED (TAG "q3") (BINARY[8] (ERROR "einen solchen Teil gibt es nicht" BADPARAMETERS NIL "text/plain") BODY[HEADER] (ERROR "diese Umwandlung kennt das nicht" BADPARAMETERS "text/rfc822-headers" "text/rfc822-headers" ("a" "b")))
1= q3 NO [CANNOT] alle Umwandlungen sind fehlgeschlagen
1: q4 CONVERT 1 (NIL) BODY[HEADER]
1= * 1 CONVERTED (TAG "q4") (BODY[HEADER] (ERROR {*}
1= für einen Kopf wird ein Zeichensatz gebraucht MISSINGPARAMETERS "text/rfc822-headers" "text/rfc822-headers" ("charset")))
1= q4 NO *
1: r LOGOUT
1* r OK *
