# RFC 4467 section 3: access identifiers; section BASE.6.3.URLFETCH: a URL gives no more than its maker has
another other
logon 1 imap
1: a APPEND INBOX {lit:Subject: one\r\n\r\nbody}
1= a OK *
1: b GENURLAUTH "imap://DOM%5C$name@x/INBOX/;uid=1/;section=TEXT;urlauth=anonymous" INTERNAL "imap://DOM%5C$name@x/INBOX/;uid=1/;section=TEXT;urlauth=authuser" INTERNAL "imap://DOM%5C$name@x/INBOX/;uid=1/;section=TEXT;urlauth=user+DOM%5C$other_box" INTERNAL "imap://DOM%5C$name@x/INBOX/;uid=1/;section=TEXT;urlauth=user+nobody" INTERNAL "imap://DOM%5C$name@x/INBOX/;uid=1/;section=TEXT;urlauth=submit+DOM%5C$name" INTERNAL
1= * GENURLAUTH "$anonymous" "$authuser" "$theirs" "$nobody" "$submit"
1= b OK *
# its own maker may not use what is another's
1: c URLFETCH "$anonymous" "$theirs" "$nobody" "$submit"
1= * URLFETCH "$anonymous" {4}
1= body "$theirs" NIL "$nobody" NIL "$submit" NIL
1= c OK *
logon 2 imap other
2: a URLFETCH "$anonymous" "$authuser" "$theirs" "$nobody" "$submit"
2= * URLFETCH "$anonymous" {4}
2= body "$authuser" {4}
2= body "$theirs" {4}
2= body "$nobody" NIL "$submit" NIL
2= a OK *
# a submission server has the user right for it
bourse account set $other --user-rights 'Read for Submission'
2: b URLFETCH "$submit"
2= * URLFETCH "$submit" {4}
2= body
2= b OK *
# nobody signs for another
2: c GENURLAUTH "imap://DOM%5C$name@x/INBOX/;uid=1;urlauth=anonymous" INTERNAL
2= c BAD *
# what the maker cannot read any more nobody reads
1: d CREATE box
1= d OK *
1: e APPEND box {lit:Subject: two\r\n\r\nbody}
1= e OK *
1: f GENURLAUTH "imap://DOM%5C$name@x/box/;uid=1/;section=TEXT;urlauth=anonymous" INTERNAL
1= * GENURLAUTH "$box_url"
1= f OK *
2: d URLFETCH "$box_url"
2= * URLFETCH "$box_url" {4}
2= body
2= d OK *
1: g DELETE box
1= g OK *
1: h CREATE box
1= h OK *
1: i APPEND box {lit:Subject: three\r\n\r\nbody}
1= i OK *
2: e URLFETCH "$box_url"
2= * URLFETCH "$box_url" NIL
2= e OK *
# a delegate signs with a key of its own, for what it may read at the time
bourse mailbox grant $box $other
connect 3 imap
3= * OK *
3: a LOGIN $other\\$box $password
3= a OK *
3: b GENURLAUTH "imap://DOM%5C$other_box%5C$box@x/INBOX/;uid=1/;section=TEXT;urlauth=authuser" INTERNAL
3= * GENURLAUTH "$delegated"
3= b OK *
3: c GENURLAUTH "imap://DOM%5C$name@x/INBOX/;uid=1/;section=TEXT;urlauth=authuser" INTERNAL
3= c BAD *
1: j URLFETCH "$delegated"
1= * URLFETCH "$delegated" {4}
1= body
1= j OK *
1: k SETACL INBOX $other l
1= k OK *
1: l URLFETCH "$delegated" "$authuser"
1= * URLFETCH "$delegated" NIL "$authuser" {4}
1= body
1= l OK *
3.
bourse account set $user --disabled
2: f URLFETCH "$anonymous"
2= * URLFETCH "$anonymous" NIL
2= f OK *
bourse account set $user --no-disabled
2: g URLFETCH "$anonymous"
2= * URLFETCH "$anonymous" {4}
2= body
2= g OK *
2: h LOGOUT
2* h OK *
