# RFC 3501 section 6.4.5: FETCH of one message's every part
logon 1 imap
1: a APPEND INBOX (\Flagged) "17-Jul-1996 02:44:25 -0700" {lit:Date: Wed, 17 Jul 1996 02:23:25 -0700\r\nFrom: Terry Gray <gray@cac.example>\r\nSubject: IMAP4rev2 WG\r\nTo: imap@cac.example, "B, Ob" <b@example>\r\ncc: minutes@CNRI.example\r\nMessage-Id: <B27397@cac.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\npreamble\r\n--b\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nfirst\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ninner text\r\n--b--\r\n}
1= a OK *
1: b SELECT INBOX
1* b OK *
1: c FETCH 1 (FLAGS UID INTERNALDATE)
1= * 1 FETCH (UID 1 FLAGS (\Flagged \Recent) INTERNALDATE "17-Jul-1996 09:44:25 +0000")
1= c OK *
1: d FETCH 1 ENVELOPE
1= * 1 FETCH (ENVELOPE ("Wed, 17 Jul 1996 02:23:25 -0700" "IMAP4rev2 WG" (("Terry Gray" NIL "gray" "cac.example")) (("Terry Gray" NIL "gray" "cac.example")) (("Terry Gray" NIL "gray" "cac.example")) ((NIL NIL "imap" "cac.example")("B, Ob" NIL "b" "example")) ((NIL NIL "minutes" "CNRI.example")) NIL NIL "<B27397@cac.example>"))
1= d OK *
1: e FETCH 1 BODY
1= * 1 FETCH (BODY (("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 5 *)("message" "rfc822" NIL NIL NIL "7bit" 28 (NIL "inner" NIL NIL NIL NIL NIL NIL NIL NIL) ("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 10 *) *) "mixed"))
1= e OK *
1: f FETCH 1 BODYSTRUCTURE
1= * 1 FETCH (BODYSTRUCTURE (("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 5 * NIL NIL NIL NIL)("message" "rfc822" * NIL NIL NIL NIL) "mixed" ("boundary" "b") NIL NIL NIL))
1= f OK *
# BODY.PEEK does not mark as read, BODY[] does and says so
1: g FETCH 1 BODY.PEEK[1]
1= * 1 FETCH (BODY[1] {5}
1= first)
1= g OK *
1: h FETCH 1 FLAGS
1= * 1 FETCH (FLAGS (\Flagged \Recent))
1= h OK *
1: i FETCH 1 BODY[2.HEADER]
1= * 1 FETCH (*BODY[2.HEADER] {18}
1= Subject: inner
1= 
1? *)
1* i OK *
1: j FETCH 1 FLAGS
1= * 1 FETCH (FLAGS (\Flagged \Seen \Recent))
1= j OK *
1: k FETCH 1 BODY.PEEK[2.TEXT]
1= * 1 FETCH (BODY[2.TEXT] {10}
1= inner text)
1= k OK *
1: l FETCH 1 BODY.PEEK[1.MIME]
1= * 1 FETCH (BODY[1.MIME] {46}
1= Content-Type: text/plain; charset=us-ascii
1= 
1= )
1= l OK *
1: m FETCH 1 BODY.PEEK[HEADER.FIELDS (SUBJECT CC)]
1= * 1 FETCH (BODY[HEADER.FIELDS (SUBJECT CC)] {51}
1= Subject: IMAP4rev2 WG
1= cc: minutes@CNRI.example
1= 
1= )
1= m OK *
1: n FETCH 1 BODY.PEEK[HEADER.FIELDS.NOT (DATE FROM SUBJECT TO CC MESSAGE-ID CONTENT-TYPE)]
1= * 1 FETCH (BODY[HEADER.FIELDS.NOT (DATE FROM SUBJECT TO CC MESSAGE-ID CONTENT-TYPE)] {21}
1= MIME-Version: 1.0
1= 
1= )
1= n OK *
# partial
1: o FETCH 1 BODY.PEEK[1]<1.3>
1= * 1 FETCH (BODY[1]<1> {3}
1= irs)
1= o OK *
1: p FETCH 1 BODY.PEEK[1]<3.100>
1= * 1 FETCH (BODY[1]<3> {2}
1= st)
1= p OK *
1: q FETCH 1 BODY.PEEK[1]<100.1>
1= * 1 FETCH (BODY[1]<100> {0}
1= )
1= q OK *
# parts that are not there
1: r FETCH 1 BODY.PEEK[3]
1= * 1 FETCH (BODY[3] *)
1= r OK *
1: s LOGOUT
1* s OK *
