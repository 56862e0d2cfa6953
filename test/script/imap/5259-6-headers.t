# RFC 5259 section 6: headers in another charset
logon 1 imap
1: a APPEND INBOX {lit:Date: Mon, 20 Apr 2007 20:05:43 +0200\r\nFrom: =?iso-8859-1?Q?J=FCrgen?= <j@example.com>\r\nTo: x@example.com\r\nSubject: =?KOI8-R?Q?why encode this?=\r\nX-Unknown: =?x-none?Q?a?=\r\nX-Long: =?utf-8?Q?=E6=97=A5=E6=9C=AC=E8=AA=9E=E6=97=A5=E6=9C=AC=E8=AA=9E=E6=97=A5=E6=9C=AC=E8=AA=9E?=\r\n folded\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8;\r\n foo*0*=utf-8'fr'tr%c3;\r\n foo*1*(very)=%a4s_m\r\nContent-Description: =?iso-8859-15?B?pA==?=\r\n\r\nx\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: =?utf-8?B?w6Q=?=\r\n\r\ny\r\n--b--\r\n}
1= a OK *
1: b SELECT INBOX
1* b OK *
1: c CONVERT 1 (NIL ("CHARSET" "utf-8")) BODY[HEADER]
1= * 1 CONVERTED (TAG "c") (BODY[HEADER] {*}
1= Date: Mon, 20 Apr 2007 20:05:43 +0200
1= From: =?utf-8?Q?J=C3=BCrgen?= <j@example.com>
1= To: x@example.com
1= Subject: =?utf-8?Q?why_encode_this?=
1= X-Unknown: =?x-none?Q?a?=
1= X-Long: =?utf-8?Q?=E6=97=A5=E6=9C=AC=E8=AA=9E=E6=97=A5=E6=9C=AC=E8=AA=9E?=
1=  =?utf-8?Q?=E6=97=A5=E6=9C=AC=E8=AA=9E?=
1=  folded
1= Content-Type: multipart/mixed; boundary=b
1= 
1= )
1= c OK CONVERT completed
# RFC 2231: the pieces are joined, a comment moves behind the parameter
1: d CONVERT 1 (NIL ("charset" "utf-8")) (BODY[1.MIME] BODY[2.HEADER] BODY[2.MIME])
1= * 1 CONVERTED (TAG "d") (BODY[1.MIME] {*}
1= Content-Type: text/plain;
1=  charset=utf-8;
1=  foo*=utf-8'fr'tr%C3%A4s_m
1=  (very)
1= Content-Description: =?utf-8?B?4oKs?=
1= 
1=  BODY[2.HEADER] {*}
1= Subject: =?utf-8?B?w6Q=?=
1= 
1=  BODY[2.MIME] {32}
1= Content-Type: message/rfc822
1= 
1= )
1= d OK *
1: e UID CONVERT 1 (NIL ("charset" "iso-8859-1")) BODY[2.HEADER]
1= * 1 CONVERTED (TAG "e") (UID 1 BODY[2.HEADER] {34}
1= Subject: =?iso-8859-1?B?5A==?=
1= 
1= )
1= e OK *
# what the charset does not have
1: f CONVERT 1 (NIL ("charset" "iso-8859-1")) (BODY[1.MIME] BODY[2.HEADER])
1= * 1 CONVERTED (TAG "f") (BODY[1.MIME] (ERROR "*" BADPARAMETERS "text/rfc822-headers" "text/rfc822-headers" ("charset" "iso-8859-1")) BODY[2.HEADER] {34}
1= Subject: =?iso-8859-1?B?5A==?=
1= 
1= )
1= f OK some conversions failed
1: g CONVERT 1 (NIL ("charset" "us-ascii" "unknown-character-replacement" "?")) BODY[2.HEADER]
1= * 1 CONVERTED (TAG "g") (BODY[2.HEADER] {32}
1= Subject: =?us-ascii?B?Pw==?=
1= 
1= )
1= g OK *
# the charset is required
1: h CONVERT 1 (NIL) BODY[HEADER]
1= * 1 CONVERTED (TAG "h") (BODY[HEADER] (ERROR "*" MISSINGPARAMETERS "text/rfc822-headers" "text/rfc822-headers" ("charset")))
1= h NO *
1: i CONVERT 1 (NIL ("charset" "x-none")) BODY[HEADER]
1= * 1 CONVERTED (TAG "i") (BODY[HEADER] (ERROR "*" BADPARAMETERS "text/rfc822-headers" "text/rfc822-headers" ("charset" "x-none")))
1= i NO *
# no such part
1: j CONVERT 1 (NIL ("charset" "utf-8")) (BODY[1.HEADER] BODY[9.MIME])
1= * 1 CONVERTED (TAG "j") (BODY[1.HEADER] NIL BODY[9.MIME] NIL)
1= j OK *
# a type may not be named
1: k CONVERT 1 ("text/plain" ("charset" "utf-8")) BODY[HEADER]
1= k BAD *
1: l CONVERT 1 (NIL ("charset" "utf-8")) BODY[HEADER.FIELDS (TO)]
1= l BAD *
1: m LOGOUT
1* m OK *
