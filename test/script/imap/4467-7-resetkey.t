# RFC 4467 section 7, RESETKEY: a new key makes all URLs with the old one worthless; sessions in that folder hear of it
logon 1 imap
1: a APPEND INBOX {lit:Subject: one\r\n\r\nbody}
1= a OK *
1: b APPEND Sent {lit:Subject: two\r\n\r\nsent}
1= b OK *
1: c GENURLAUTH "imap://DOM%5C$name@x/INBOX/;uid=1/;section=TEXT;urlauth=authuser" INTERNAL "imap://DOM%5C$name@x/Sent/;uid=1/;section=TEXT;urlauth=authuser" INTERNAL
1= * GENURLAUTH "$inbox" "$sent"
1= c OK *
logon 2 imap
2: a SELECT INBOX
2* a OK *
logon 3 imap
3: a SELECT INBOX
3* a OK *
3: b IDLE
3= + *
1: d RESETKEY INBOX
1= d OK [URLMECH INTERNAL] *
3= * OK [URLMECH INTERNAL] *
2: b NOOP
2= * OK [URLMECH INTERNAL] *
2= b OK *
1: e URLFETCH "$inbox" "$sent"
1= * URLFETCH "$inbox" NIL "$sent" {4}
1= sent
1= e OK *
# signing again does not change it
1: f GENURLAUTH "imap://DOM%5C$name@x/INBOX/;uid=1/;section=TEXT;urlauth=authuser" INTERNAL
1= * GENURLAUTH "$again"
1= f OK *
1: g GENURLAUTH "imap://DOM%5C$name@x/INBOX/;uid=1/;section=TEXT;urlauth=authuser" INTERNAL
1= * GENURLAUTH "$again"
1= g OK *
1: h RESETKEY INBOX INTERNAL
1= h OK [URLMECH INTERNAL] *
# it wakes one that waits a second time
3= * OK [URLMECH INTERNAL] *
1: i RESETKEY INBOX XSAMPLE
1= i NO [CANNOT] *
1: j RESETKEY none
1= j NO [NONEXISTENT] *
# without a name: all of them
1: k RESETKEY
1= k OK *
1: l URLFETCH "$inbox" "$sent" "$again"
1= * URLFETCH "$inbox" NIL "$sent" NIL "$again" NIL
1= l OK *
1: m RESETKEY
1= m OK *
# who has the folder selected is told also when it has asked itself
2: c GENURLAUTH "imap://DOM%5C$name@x/INBOX/;uid=1;urlauth=authuser" INTERNAL
2? * GENURLAUTH *
2* c OK *
2: d RESETKEY INBOX
2= d OK [URLMECH INTERNAL] *
2: e RESETKEY
2= * OK [URLMECH INTERNAL] *
2= e OK *
3: DONE
3? b OK *
1: n LOGOUT
1* n OK *
