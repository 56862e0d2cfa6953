# RFC 3501 section 6.2.3: LOGIN anonymous with anything as password; RFC 4314 sections 2 and 4: what lists give to anyone, and no more
# server: anonymous
another bob
bourse folder grant guests / anyone lr
bourse folder grant guests Drafts anyone lrswipkxtea
bourse folder grant guests Sent authenticated lr
bourse folder grant guests Archive delegates lr
bourse mailbox grant guests $bob
connect 1 imap
1= * OK *
1: a LOGIN anonymous me@example.net
1= a OK [CAPABILITY *] *
1: b MYRIGHTS Drafts
1= * MYRIGHTS Drafts lrwipted
1= b OK *
1: c MYRIGHTS Sent
1= c NO *
1: d SELECT Archive
1= d NO *
1: e CREATE Mine
1= e NO [NOPERM] *   ## ERR_PERM
1: f CREATE Drafts/Mine
1= f NO [NOPERM] *
1: g RENAME Drafts Mine
1= g NO [NOPERM] *
1: h DELETE Drafts
1= h NO [NOPERM] *
1: i SETACL Drafts $user lr
1= i NO [NOPERM] *
1: j GETACL Drafts
1= j NO [NOPERM] *
1: k LISTRIGHTS Drafts $user
1= k NO [NOPERM] *
1: l DELETEACL Drafts anyone
1= l NO [NOPERM] *
1: m SUBSCRIBE Drafts
1= m NO [NOPERM] *
1: n UNSUBSCRIBE Drafts
1= n NO [NOPERM] *
1: o SETMETADATA Drafts (/private/comment x)
1= o NO [NOPERM] *
1: p GETQUOTA guests
1= p NO [NOPERM] *
1: q SETQUOTA guests (STORAGE 1)
1= q NO [NOPERM] *
1: r GETQUOTAROOT Drafts
1= r NO [NOPERM] *
1: s RESETKEY
1= s NO [NOPERM] *
1: t GENURLAUTH imap://guests@x/Drafts/;uid=1;urlauth=anonymous INTERNAL
1= t NO [NOPERM] *
1: u NAMESPACE
1= * NAMESPACE (("" "/")) NIL NIL
1= u OK *
1: v LIST "" "Other Users/*"
1= v OK *
1: w SELECT "Other Users/$box"
1= w NO *
1: x LIST "" *
1= * LIST (* "/" Drafts
1* x OK *
# with an account that is one of the mailbox's delegates the same folder is as it was
logon 2 imap bob
2: a MYRIGHTS "Other Users/guests/Drafts"
2= * MYRIGHTS "Other Users/guests/Drafts" lrswipkxteancd
2= a OK *
2: b MYRIGHTS "Other Users/guests/Sent"
2= * MYRIGHTS "Other Users/guests/Sent" lrswipkxteancd
2= b OK *
# the name of an account that there may be is another one
connect 3 imap
3= * OK *
3: a LOGIN DOM\\anonymous x
3= a NO [AUTHENTICATIONFAILED] *
3: b LOGIN anonymous@example.org x
3= b NO [AUTHENTICATIONFAILED] *
3: c AUTHENTICATE PLAIN {b64:\0anonymous\0x}
3= c OK *
3: d APPEND Drafts {lit:Subject: left here\r\n\r\n}
3= d OK *
3: e APPEND Drafts {70000}
3= e NO [TOOBIG] *
3: f LOGOUT
3* f OK *
bourse folder grant guests Drafts anyone l
1: y SELECT Drafts
1= y NO [NOPERM] *
bourse folder revoke guests Drafts anyone
bourse folder revoke guests Sent authenticated
bourse folder revoke guests Archive delegates
bourse folder revoke guests / anyone
bourse mailbox revoke guests $bob
