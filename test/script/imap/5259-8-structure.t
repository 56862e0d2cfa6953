# RFC 5259 sections 8.2 and 8.4: BODYPARTSTRUCTURE and AVAILABLECONVERSIONS
logon 1 imap
1: a APPEND INBOX {lit:MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=iso-8859-1; format=flowed\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\ncaf=E9 =\r\nbar=0Aend\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <h@x>\r\n\r\nPGI+w6Q8L2I+\r\n--b\r\nContent-Type: image/png; name=p.png\r\nContent-Disposition: attachment; filename=p.png\r\nContent-Transfer-Encoding: base64\r\n\r\nAVBORwAA\r\n--b\r\nContent-Type: text/plain; charset=x-none\r\n\r\nwhat\r\n--b\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\nbegin\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: =?koi8-r?Q?=C1?=\r\nContent-Type: text/csv; header=present; charset=us-ascii; name=t\r\n\r\na,b\r\n--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\nContent-Type: text/plain\r\n\r\n\xe4\xc3\xa4\r\n--c--\r\n--b--\r\n}
1= a OK *
1: b SELECT INBOX
1* b OK *
1: c FETCH 1 BINARY.SIZE[1]
1= * 1 FETCH (BINARY.SIZE[1] 13)
1= c OK *
# type, charset, encoding, octets and lines are those of what BINARY gives; the other parameters stay
1: d CONVERT 1 ("text/plain" ("charset" "UTF-8")) (BODYPARTSTRUCTURE[1] BINARY[1])
1= * 1 CONVERTED (TAG "d") (BODYPARTSTRUCTURE[1] ("text" "plain" ("charset" "utf-8" "format" "flowed") NIL NIL "8bit" 14 1 NIL NIL NIL NIL) BINARY[1] {14}
1= caf\xe9 bar
1= end)
1= d OK *
1: e CONVERT 1 ("text/plain" ("charset" "us-ascii" "unknown-character-replacement" "?")) BODYPARTSTRUCTURE[1]
1= * 1 CONVERTED (TAG "e") (BODYPARTSTRUCTURE[1] ("text" "plain" ("charset" "us-ascii" "format" "flowed") NIL NIL "7bit" 13 1 NIL NIL NIL NIL))
1= e OK *
1: f CONVERT 1 (NIL) (BODYPARTSTRUCTURE[2] BODYPARTSTRUCTURE[3])
1= * 1 CONVERTED (TAG "f") (BODYPARTSTRUCTURE[2] ("text" "html" ("charset" "utf-8") "<h@x>" NIL "8bit" 9 0 NIL NIL NIL NIL) BODYPARTSTRUCTURE[3] ("image" "png" ("name" "p.png") NIL NIL "binary" 6 NIL ("attachment" ("filename" "p.png")) NIL NIL))
1= f OK *
# of another type's parameters the name alone stays
1: g CONVERT 1 ("text/plain") BODYPARTSTRUCTURE[6.1]
1= * 1 CONVERTED (TAG "g") (BODYPARTSTRUCTURE[6.1] ("text" "plain" ("charset" "utf-8" "name" "t") NIL NIL "7bit" 3 0 NIL NIL NIL NIL))
1= g OK *
# what a part can be made
1: h CONVERT 1 (NIL) (AVAILABLECONVERSIONS[1] AVAILABLECONVERSIONS[3] AVAILABLECONVERSIONS[6.1])
1= * 1 CONVERTED (TAG "h") (AVAILABLECONVERSIONS[1] (("text/plain")) AVAILABLECONVERSIONS[3] (("image/png")) AVAILABLECONVERSIONS[6.1] (("text/csv" "text/plain")))
1= h OK *
# of a specific request that alone, or an error
1: i CONVERT 1 ("TEXT/PLAIN") AVAILABLECONVERSIONS[6.1]
1= * 1 CONVERTED (TAG "i") (AVAILABLECONVERSIONS[6.1] (("text/plain")))
1= i OK *
1: j CONVERT 1 ("image/gif") AVAILABLECONVERSIONS[3]
1= * 1 CONVERTED (TAG "j") (AVAILABLECONVERSIONS[3] (ERROR "*" BADPARAMETERS "image/png" "image/gif"))
1= j NO [CANNOT] all conversions failed
# parameters that do not apply leave a type out; the only one is an error then
1: k CONVERT 1 (NIL ("charset" "utf-8")) (AVAILABLECONVERSIONS[1] AVAILABLECONVERSIONS[3])
1= * 1 CONVERTED (TAG "k") (AVAILABLECONVERSIONS[1] (("text/plain")) AVAILABLECONVERSIONS[3] (ERROR "*" BADPARAMETERS "image/png" "image/png" ("charset" "utf-8")))
1= k OK some conversions failed
# nothing is made of what has parts inside, nor of the whole message
1: l CONVERT 1 (NIL) (AVAILABLECONVERSIONS[] AVAILABLECONVERSIONS[6] AVAILABLECONVERSIONS[7])
1= * 1 CONVERTED (TAG "l") (AVAILABLECONVERSIONS[] (()) AVAILABLECONVERSIONS[6] (()) AVAILABLECONVERSIONS[7] (()))
1= l OK *
1: m LOGOUT
1* m OK *
