# RFC 4314 sections 2 and 3: SETACL, DELETEACL, GETACL, LISTRIGHTS, MYRIGHTS of the owner
another bob
another carol
logon 1 imap
1: a CAPABILITY
1& * CAPABILITY * ACL RIGHTS=kxten *
1& a OK *
# the owner has all rights, and so have the delegates until the owner says otherwise
1: b MYRIGHTS INBOX
1= * MYRIGHTS INBOX lrswipkxteancd
1= b OK *
1: c GETACL INBOX
1= * ACL INBOX "DOM\\\\$box" lrswipkxteancd delegates lrswipkxteancd
1= c OK *
1: d SETACL INBOX $bob lrs
1= d OK *
1: e GETACL INBOX
1= * ACL INBOX "DOM\\\\$box" lrswipkxteancd delegates lrswipkxteancd "DOM\\\\$bob_box" lrs
1= e OK *
# plus and minus (3.1); c and d stand for others (2.1.1)
1: f SETACL INBOX $bob +cd
1= f OK *
1: g SETACL INBOX $bob -srx
1= g OK *
1: h SETACL INBOX anyone l
1= h OK *
1: i SETACL INBOX Authenticated p
1= i OK *
1: j SETACL INBOX delegates ""
1= j OK *
1: k SETACL INBOX -$carol_box wetd
1= k OK *
1: l GETACL INBOX
1= * ACL INBOX "DOM\\\\$box" lrswipkxteancd anyone l authenticated p delegates "" "DOM\\\\$bob_box" lktecd "-DOM\\\\$carol_box" wted
1= l OK *
# a negative entry is one of its own (2)
1: m DELETEACL INBOX $carol
1= m OK *
1: n DELETEACL INBOX -$carol
1= n OK *
1: o DELETEACL INBOX "dom\\\\$bob_box"
1= o OK *
1: p DELETEACL INBOX authenticated
1= p OK *
1: q DELETEACL INBOX anyone
1= q OK *
1: r GETACL INBOX
1= * ACL INBOX "DOM\\\\$box" lrswipkxteancd delegates ""
1= r OK *
# names are those that one can log on with
1: s SETACL INBOX $bob_address l
1= s OK *
1: t GETACL INBOX
1= * ACL INBOX "DOM\\\\$box" lrswipkxteancd delegates "" "DOM\\\\$bob_box" l
1= t OK *
1: u SETACL INBOX nobody-of-that-name l
1= u NO [NONEXISTENT] *
1: v SETACL INBOX a@b@c l
1= v BAD *
1: w SETACL INBOX "" l
1= w BAD *
1: x SETACL INBOX - l
1= x BAD *
1: y SETACL INBOX "a\x07b" l
1= y BAD *
# rights that are none (3.1)
1: aa SETACL INBOX $bob lrQ
1= aa BAD *
1: ab SETACL INBOX $bob lrq
1= ab BAD *
1: ac SETACL INBOX $bob l3
1= ac BAD *
1: ad SETACL INBOX $bob
1= ad BAD *
# the owner's cannot be taken away
1: ae SETACL INBOX $user lr
1= ae NO [CANNOT] *
1: af SETACL INBOX -$user a
1= af NO [CANNOT] *
1: ag DELETEACL INBOX $user
1= ag NO [CANNOT] *
1: ah SETACL INBOX $user lrswipkxtean
1= ah OK *
1: ai SETACL INBOX $user +l
1= ai OK *
# what can be given (3.4, 3.7)
1: aj LISTRIGHTS INBOX $bob_box
1= * LISTRIGHTS INBOX $bob_box "" l r s w i p k x t e a n c d
1= aj OK *
1: ak LISTRIGHTS INBOX $user
1= * LISTRIGHTS INBOX "DOM\\\\$box" lrswipkxteancd
1= ak OK *
1: al LISTRIGHTS INBOX anyone
1= * LISTRIGHTS INBOX anyone "" l r s w i p k x t e a n c d
1= al OK *
1: am LISTRIGHTS INBOX nobody-of-that-name
1= am NO [NONEXISTENT] *
# folders that are not there
1: an GETACL none
1= an NO [NONEXISTENT] *
1: ao SETACL none $bob l
1= ao NO [NONEXISTENT] *
1: ap MYRIGHTS none
1= ap NO [NONEXISTENT] *
1: aq LISTRIGHTS none $bob
1= aq NO [NONEXISTENT] *
# the mailbox itself: who makes top-level folders
1: ar GETACL ""
1= * ACL "" "DOM\\\\$box" lrswipkxteancd delegates lrswipkxteancd
1= ar OK *
1: as GETACL
1= as BAD *
1: at MYRIGHTS INBOX x
1= at BAD *
1: au DELETEACL INBOX
1= au BAD *
# a pipeline of both is done in order (5.1.1)
1- av SETACL INBOX $bob lrs\r\naw GETACL INBOX\r\n
1= av OK *
1= * ACL INBOX "DOM\\\\$box" lrswipkxteancd delegates "" "DOM\\\\$bob_box" lrs
1= aw OK *
1: ax LOGOUT
1* ax OK *
