# RFC 4467 section 7: GENURLAUTH signs URLs, URLFETCH reads what they name; RFC 5550 section 5.7.1: URL-PARTIAL
logon 1 imap
1: a CAPABILITY
1= * CAPABILITY * URLAUTH URLAUTH=BINARY URL-PARTIAL*
1= a OK *
1: b APPEND INBOX {lit:Subject: one\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSi vis pacem, para bellum.\r\n\r\n--b\r\n\r\nsecond\r\n--b--\r\n}
1= b OK [APPENDUID $validity 1] *
# section 8: SELECT and EXAMINE tell of the mechanism
1: c SELECT INBOX
1? * OK [URLMECH INTERNAL] *
1* c OK *
1: d EXAMINE INBOX
1? * OK [URLMECH INTERNAL] *
1* d OK *
# what is wrong with a URL is BAD
1: e GENURLAUTH "imap://DOM%5C$name@example.com/INBOX/;uid=1/;section=1" INTERNAL
1= e BAD * missing access identifier in supplied URL
1: f GENURLAUTH "imap://example.com/INBOX/;uid=1/;section=1;urlauth=submit+fred" INTERNAL
1= f BAD * missing owner username in supplied URL
1: g GENURLAUTH "/INBOX/;uid=1;urlauth=submit+fred" INTERNAL
1= g BAD *
1: h GENURLAUTH "imap://DOM%5C$name@example.com/INBOX;urlauth=anonymous" INTERNAL
1= h BAD *
1: i GENURLAUTH "imap://DOM%5C$name@example.com/none/;uid=1;urlauth=anonymous" INTERNAL
1= i BAD *
1: j GENURLAUTH "imap://nobody@example.com/INBOX/;uid=1;urlauth=anonymous" INTERNAL
1= j BAD *
1: k GENURLAUTH "imap://DOM%5C$name@example.com/INBOX/;uid=1;urlauth=everybody" INTERNAL
1= k BAD *
1: l GENURLAUTH "imap://DOM%5C$name@example.com/INBOX/;uid=1;urlauth=anonymous"
1= l BAD *
1: m GENURLAUTH "imap://DOM%5C$name@example.com/INBOX/;uid=1;urlauth=anonymous" XSAMPLE
1= m NO [CANNOT] *
1: n GENURLAUTH "imap://DOM%5C$name@example.com/INBOX;UIDVALIDITY=1/;uid=1;urlauth=anonymous" INTERNAL
1= n BAD *
# a part, a range of it, the whole
1: o GENURLAUTH "imap://DOM%5C$name@example.com/INBOX;UIDVALIDITY=$validity/;uid=1/;section=1;urlauth=anonymous" internal
1= * GENURLAUTH "$part"
1= o OK *
1: p GENURLAUTH "imap://DOM%5C$name@example.com/inbox/;uid=1/;section=1/;partial=3.3;urlauth=anonymous" INTERNAL "imap://DOM%5C$name@x/INBOX/;uid=1/;section=2;expire=2199-01-01T00:00:00Z;urlauth=user+DOM%5C$name" INTERNAL
1= * GENURLAUTH "$range" "$mine"
1= p OK *
1: q URLFETCH "$part"
1= * URLFETCH "$part" {28}
1= Si vis pacem, para bellum.
1=
1= q OK *
1: r URLFETCH "$range" "imap://DOM%5C$name@x/INBOX/;uid=1" "$mine" "" x "http://example.com/"
1= * URLFETCH "$range" {3}
1= vis "imap://DOM%5C$name@x/INBOX/;uid=1" NIL "$mine" {6}
1= second "" NIL x NIL http://example.com/ NIL
1= r OK *
1: s URLFETCH
1= s BAD *
# neither \Seen nor the selected folder was touched
1: t FETCH 1 FLAGS
1= * 1 FETCH (FLAGS ())
1= t OK *
# the token is of this URL alone
1: u GENURLAUTH "imap://DOM%5C$name@x/INBOX/;uid=1/;section=1;urlauth=anonymous" INTERNAL
1= * GENURLAUTH "imap://*:INTERNAL:$token"
1= u OK *
1: v URLFETCH "imap://DOM%5C$name@x/INBOX/;uid=1/;section=1;urlauth=anonymous:INTERNAL:$token" "imap://DOM%5C$name@x/INBOX/;uid=1/;section=2;urlauth=anonymous:INTERNAL:$token" "imap://DOM%5C$name@x/INBOX/;uid=1/;section=1;urlauth=authuser:INTERNAL:$token" "imap://DOM%5C$name@X/INBOX/;uid=1/;section=1;urlauth=anonymous:INTERNAL:$token" "imap://DOM%5C$name@x/INBOX/;uid=1/;section=1;urlauth=anonymous:INTERNAL:0$token" "imap://DOM%5C$name@x/INBOX/;uid=1/;section=1;urlauth=anonymous:XSAMPLE:$token" "imap://nobody@x/INBOX/;uid=1/;section=1;urlauth=anonymous:INTERNAL:$token" "imap://DOM%5C$name@x/none/;uid=1/;section=1;urlauth=anonymous:INTERNAL:$token"
1= * URLFETCH "*" {28}
1= Si *
1=  "*" NIL "*" NIL "*" NIL "*" NIL "*" NIL imap:* NIL "*" NIL
1= v OK *
# a part that is not there is empty, a message that is not there nothing; a URL that has expired is none
1: w GENURLAUTH "imap://DOM%5C$name@x/INBOX/;uid=1/;section=9;urlauth=anonymous" INTERNAL "imap://DOM%5C$name@x/INBOX/;uid=9;urlauth=anonymous" INTERNAL "imap://DOM%5C$name@x/INBOX/;uid=1;expire=2001-01-01T00:00:00Z;urlauth=anonymous" INTERNAL
1= * GENURLAUTH "$nopart" "$nomessage" "$expired"
1= w OK *
1: x URLFETCH "$nopart" "$nomessage" "$expired"
1= * URLFETCH "$nopart" "" "$nomessage" NIL "$expired" NIL
1= x OK *
1: y LOGOUT
1* y OK *
