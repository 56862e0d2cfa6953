# RFC 8970 sections 3 and 4: PREVIEW
logon 1 imap
1: a APPEND INBOX {lit:Subject: plain\r\n\r\n> what was said\r\n\r\nI  agree,\r\nand <b>more</b>.\r\n}
1= a OK *
1: b APPEND INBOX {lit:MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n \r\n--b\r\nContent-Type: text/html; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<html><head><title>no</title><style>p b</style></head><p>Gr=FC=DFe &amp; <b>K</b>=FCsse</p><br>bald\r\n--b--\r\n}
1= b OK *
1: c APPEND INBOX {lit:Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n}
1= c OK *
1: d APPEND INBOX {lit:Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Disposition: attachment\r\n\r\nattached\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n\r\ninside\r\n--b\r\n\r\nshown\r\n--b--\r\n}
1= d OK *
# more than 200 characters: exactly 200
1: e APPEND INBOX {lit:Subject: long\r\n\r\n12345678901234567890123456789012345678901234567890\r\n2345678901234567890123456789012345678901234567890\r\n2345678901234567890123456789012345678901234567890\r\n2345678901234567890123456789012345678901234567890z\r\nmore\r\n}
1= e OK *
1: f APPEND INBOX {lit:Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{b64:"quoted" \\ and so on}\r\n}
1= f OK *
# charsets, also such as the C library loads a table for
1: f2 APPEND INBOX {lit:Content-Type: text/plain; charset=koi8-r\r\nContent-Transfer-Encoding: base64\r\n\r\n8NLJ18XU\r\n}
1= f2 OK *
1: f3 APPEND INBOX {lit:Content-Type: text/html; charset=iso-2022-jp\r\n\r\n<p>\x1b$B%K%e!<%9\x1b(B</p>\r\n}
1= f3 OK *
# what is in it is not for others to see
1: f4 APPEND INBOX {lit:Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b\r\n\r\n--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--b\r\nContent-Type: application/octet-stream\r\n\r\nx\r\n--b--\r\n}
1= f4 OK *
1: g SELECT INBOX
1* g OK *
1: h FETCH 1 PREVIEW
1= * 1 FETCH (PREVIEW "I agree, and <b>more</b>.")
1= h OK *
# UTF-8 goes out in a literal, unless UTF-8 may stand in quotes
1: i FETCH 2 (UID PREVIEW (LAZY))
1= * 2 FETCH (UID 2 PREVIEW {21}
1= Grüße & Küsse bald)
1= i OK *
# nothing can be shown: an empty string, never NIL
1: j FETCH 3 (PREVIEW)
1= * 3 FETCH (PREVIEW "")
1= j OK *
# attachments and messages inside are not the text
1: k FETCH 4 PREVIEW (LAZY)
1= * 4 FETCH (PREVIEW "shown")
1= k OK *
1: l UID FETCH 5:6 (PREVIEW FLAGS)
1= * 5 FETCH (UID 5 FLAGS (\Recent) PREVIEW "12345678901234567890123456789012345678901234567890 2345678901234567890123456789012345678901234567890 2345678901234567890123456789012345678901234567890 2345678901234567890123456789012345678901234567890")
1= * 6 FETCH (UID 6 FLAGS (\Recent) PREVIEW "\\"quoted\\" \\\\ and so on")
1= l OK *
1: l2 FETCH 7:9 PREVIEW
1= * 7 FETCH (PREVIEW {12}
1= Привет)
1= * 8 FETCH (PREVIEW {12}
1= ニュース)
1= * 9 FETCH (PREVIEW "")
1= l2 OK *
# it does not mark as read
1: m SEARCH SEEN
1= * SEARCH
1= m OK *
1: n FETCH 1 PREVIEW (EAGER)
1= n BAD *
1: o FETCH 1 PREVIEW ()
1= o BAD *
1: p LOGOUT
1* p OK *
