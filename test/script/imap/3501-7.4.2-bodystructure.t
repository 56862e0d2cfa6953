# RFC 3501 section 7.4.2: BODYSTRUCTURE with its extension data, and of what is no MIME
logon 1 imap
1: a APPEND INBOX {lit:Content-Type: multipart/alternative; boundary=x\r\nContent-Language: en, de\r\nContent-Disposition: attachment; filename="a\\"b.txt"\r\n\r\n--x\r\nContent-Type: text/plain\r\nContent-ID: <1@x>\r\nContent-Description: what it is\r\nContent-MD5: Q2hlY2s=\r\n\r\nt\r\n--x\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>\r\n--x--\r\n}
1= a OK *
1: b APPEND INBOX {lit:\r\nbody only\r\n}
1= b OK *
1: c SELECT INBOX
1* c OK *
1: d FETCH 1:2 BODYSTRUCTURE
1= * 1 FETCH (BODYSTRUCTURE (("text" "plain" NIL "<1@x>" "what it is" "7bit" 1 0 "Q2hlY2s=" NIL NIL NIL)("text" "html" ("charset" "utf-8") NIL NIL "quoted-printable" 3 0 NIL NIL NIL NIL) "alternative" ("boundary" "x") ("attachment" ("filename" "a\\"b.txt")) ("en" "de") NIL))
1= * 2 FETCH (BODYSTRUCTURE ("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 11 1 NIL NIL NIL NIL))
1= d OK *
1: e FETCH 1 (BODY.PEEK[2.MIME] BODY.PEEK[2] BODY.PEEK[1.1] BODY.PEEK[2.HEADER])
1= * 1 FETCH (BODY[2.MIME] {87}
1= Content-Type: text/html; charset=utf-8
1= Content-Transfer-Encoding: quoted-printable
1= 
1=  BODY[2] {3}
1= <p> BODY[1.1] NIL BODY[2.HEADER] NIL)
1= e OK *
1: f LOGOUT
1* f OK *
