# RFC 5524 section 3: extended URLFETCH; without items it is that of RFC 4467 section 7
logon 1 imap
1: a CAPABILITY
1= * CAPABILITY * URLAUTH URLAUTH=BINARY URL-PARTIAL *
1= a OK *
1: b1 APPEND INBOX {lit:Subject: one\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSi vis pacem, para bellum.\r\n\r\n--b\r\nContent-Type: image/png; name=x.png\r\nContent-Transfer-Encoding: base64\r\n\r\naGkAIQ==\r\n--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nf=FCr=\r\n alle\r\nzwei\r\n--b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: x-unknown\r\n\r\n<p>\r\n--b\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\ncGxhaW4K\r\n--b--\r\n}
1= b1 OK *
1: c GENURLAUTH "imap://DOM%5C$name@x/INBOX/;uid=1/;section=1;urlauth=anonymous" INTERNAL "imap://DOM%5C$name@x/INBOX/;uid=1/;section=2;urlauth=anonymous" INTERNAL "imap://DOM%5C$name@x/INBOX/;uid=1/;section=3;urlauth=anonymous" INTERNAL "imap://DOM%5C$name@x/INBOX/;uid=1/;section=4;urlauth=anonymous" INTERNAL "imap://DOM%5C$name@x/INBOX/;uid=1/;section=5;urlauth=anonymous" INTERNAL
1= * GENURLAUTH "$plain" "$png" "$quoted" "$unknown" "$ascii"
1= c OK *
# no items, in brackets or not: as ever
1: d URLFETCH ("$png") "$png"
1= * URLFETCH "$png" {8}
1= aGkAIQ== "$png" {8}
1= aGkAIQ==
1= d OK *
# BODY: as it stands
1: e URLFETCH ("$png" BODY)
1= * URLFETCH "$png" (BODY {8}
1= aGkAIQ==)
1= e OK *
# BINARY: literal8 where there is a NUL
1: f URLFETCH ("$png" binary)
1= * URLFETCH "$png" (BINARY ~{4}
1= hi\0!)
1= f OK *
1: g URLFETCH ("$plain" BINARY)
1= * URLFETCH "$plain" (BINARY {28}
1= Si vis pacem, para bellum.
1= )
1= g OK *
# the structure tells of the octets as they are sent
1: h1 URLFETCH ("$png" BODYPARTSTRUCTURE BINARY)
1= * URLFETCH "$png" (BODYPARTSTRUCTURE ("image" "png" ("name" "x.png") NIL NIL "BINARY" 4 NIL NIL NIL NIL)) (BINARY ~{4}
1= hi\0!)
1= h1 OK *
1: h2 URLFETCH ("$png" BODYPARTSTRUCTURE) ("$png" BODY BODYPARTSTRUCTURE)
1= * URLFETCH "$png" (BODYPARTSTRUCTURE ("image" "png" ("name" "x.png") NIL NIL "base64" 8 NIL NIL NIL NIL)) "$png" (BODYPARTSTRUCTURE ("image" "png" ("name" "x.png") NIL NIL "base64" 8 NIL NIL NIL NIL)) (BODY {8}
1= aGkAIQ==)
1= h2 OK *
1: h3 URLFETCH ("$quoted" BINARY BODYPARTSTRUCTURE)
1= * URLFETCH "$quoted" (BODYPARTSTRUCTURE ("text" "plain" ("charset" "iso-8859-1") NIL NIL "8BIT" 14 1 NIL NIL NIL NIL)) (BINARY {14}
1= f*r alle
1= zwei)
1= h3 OK *
1: h4 URLFETCH ("$ascii" BINARY BODYPARTSTRUCTURE)
1= * URLFETCH "$ascii" (BODYPARTSTRUCTURE ("text" "plain" NIL NIL NIL "7BIT" 7 1 NIL NIL NIL NIL)) (BINARY {7}
1= plain
1= )
1= h4 OK *
1: h5 URLFETCH ("$plain" BODYPARTSTRUCTURE BINARY)
1= * URLFETCH "$plain" (BODYPARTSTRUCTURE ("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 28 1 NIL NIL NIL NIL)) (BINARY {28}
1= Si *
1= )
1= h5 OK *
# an encoding that nobody knows
1: i URLFETCH ("$unknown" BINARY) ("$unknown" BODY)
1= * URLFETCH "$unknown" (BINARY NIL) "$unknown" (BODY {3}
1= <p>)
1= i OK *
# ranges are of what is sent, the structure is of the whole part
1: j1 GENURLAUTH "imap://DOM%5C$name@x/INBOX/;uid=1/;section=2/;partial=1.2;urlauth=anonymous" INTERNAL "imap://DOM%5C$name@x/INBOX/;uid=1/;section=3/;partial=10.100;urlauth=anonymous" INTERNAL "imap://DOM%5C$name@x/INBOX/;uid=1/;section=3/;partial=14.1;urlauth=anonymous" INTERNAL
1= * GENURLAUTH "$two" "$tail" "$behind"
1= j1 OK *
1: j2 URLFETCH ("$two" BINARY) ("$two" BODY)
1= * URLFETCH "$two" (BINARY ~{2}
1= i\0) "$two" (BODY {2}
1= Gk)
1= j2 OK *
1: j3 URLFETCH ("$tail" BODYPARTSTRUCTURE BINARY) ("$behind" BINARY)
1= * URLFETCH "$tail" (BODYPARTSTRUCTURE ("text" "plain" ("charset" "iso-8859-1") NIL NIL "8BIT" 14 1 NIL NIL NIL NIL)) (BINARY {4}
1= zwei) "$behind" (BINARY {0}
1= )
1= j3 OK *
# the message, its header, a part that is not there; a URL that is none
1: k1 GENURLAUTH "imap://DOM%5C$name@x/INBOX/;uid=1;urlauth=anonymous" INTERNAL "imap://DOM%5C$name@x/INBOX/;uid=1/;section=HEADER;urlauth=anonymous" INTERNAL "imap://DOM%5C$name@x/INBOX/;uid=1/;section=9;urlauth=anonymous" INTERNAL "imap://DOM%5C$name@x/INBOX/;uid=9;urlauth=anonymous" INTERNAL
1= * GENURLAUTH "$whole" "$header" "$nopart" "$nomessage"
1= k1 OK *
1: k2 URLFETCH ("$whole" BODYPARTSTRUCTURE) ("$header" BINARY BODYPARTSTRUCTURE)
1= * URLFETCH "$whole" (BODYPARTSTRUCTURE (("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 28 1 *) "mixed" ("boundary" "b") NIL NIL NIL)) "$header" (BINARY {78}
1= Subject: one
1= MIME-Version: 1.0
1= Content-Type: multipart/mixed; boundary=b
1=
1= )
1= k2 OK *
1: k3 URLFETCH ("$header" BODYPARTSTRUCTURE) ("$nopart" BINARY) ("$nopart" BODYPARTSTRUCTURE BODY) ("$nopart" BODYPARTSTRUCTURE) ("$nomessage" BINARY) ("x" BINARY) ("imap://DOM%5C$name@x/INBOX/;uid=1/;section=2;urlauth=anonymous:INTERNAL:00" BINARY)
1= * URLFETCH "$header" NIL "$nopart" (BINARY "") "$nopart" (BODY "") "$nopart" NIL "$nomessage" NIL x NIL "imap://*" NIL
1= k3 OK *
1: k4 URLFETCH ("$whole" BINARY)
1? Subject: one
1? --b--
1= )
1= k4 OK *
# section 3.1: no item twice, not both ways to have the octets; no other items
1: l1 URLFETCH ("$png" BINARY BODY)
1= l1 BAD *
1: l2 URLFETCH ("$png" BINARY BINARY)
1= l2 BAD *
1: l3 URLFETCH ("$png" CONVERT)
1= l3 BAD *   ## ERR_PARAMETER
1: l4 URLFETCH ("$png" BINARY
1= l4 BAD *
1: l5 URLFETCH ()
1= l5 BAD *
# nothing was touched
1: m EXAMINE INBOX
1* m OK *
1: n FETCH 1 FLAGS
1= * 1 FETCH (FLAGS (\Recent))
1= n OK *
