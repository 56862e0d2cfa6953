# RFC 4314 section 4: l, r, k, x and a; a folder that one may not see is none (6)
another bob
bourse mailbox grant $box $bob
mail $address Subject: one\r\n\r\n
logon 1 imap
1: a CREATE work
1= a OK *
1: b CREATE work/plans
1= b OK *
1: c CREATE private
1= c OK *
1: d CREATE private/diary
1= d OK *
connect 2 imap
2= * OK *
2: a LOGIN $bob\\$box $password
2= a OK *
# a delegate has all rights where nothing else was said
2: b MYRIGHTS work
2= * MYRIGHTS work lrswipkxteancd
2= b OK *
1: e SETACL private $bob ""
1= e OK *
1: f SETACL private/diary $bob ""
1= f OK *
1: g SETACL work $bob l
1= g OK *
1: h SETACL work/plans $bob lr
1= h OK *
# LIST and LSUB show what l allows; children that are not shown are none
2: c LIST "" (INBOX Archive Drafts Junk Sent Trash work*)
2& * LIST (\\HasNoChildren*) "/" Archive
2& * LIST (\\HasNoChildren*) "/" Drafts
2& * LIST (\\HasNoChildren*) "/" INBOX
2& * LIST (\\HasNoChildren*) "/" Junk
2& * LIST (\\HasNoChildren*) "/" Sent
2& * LIST (\\HasNoChildren*) "/" Trash
2& * LIST (\\HasChildren) "/" work
2& * LIST (\\HasNoChildren) "/" work/plans
2& c OK *
1: i SETACL work/plans $bob ""
1= i OK *
2: d LIST "" work*
2= * LIST (\\HasNoChildren) "/" work
2= d OK *
1: j SUBSCRIBE private
1= j OK *
1: k SUBSCRIBE work
1= k OK *
2: e LSUB "" *
2* * LSUB () "/" work
2= e OK *
# r
2: f SELECT work
2= f NO [NOPERM] *"r"*   ## ERR_PERM
2: g EXAMINE work
2= g NO [NOPERM] *"r"*
2: h STATUS work (MESSAGES)
2= h NO [NOPERM] *"r"*
# what cannot be seen is not there
2: i SELECT private
2= i NO [NONEXISTENT] *
2: j STATUS private/diary (MESSAGES)
2= j NO [NONEXISTENT] *
2: k DELETE private
2= k NO [NONEXISTENT] *
2: l RENAME private other
2= l NO [NONEXISTENT] *
2: m GETACL private
2= m NO [NONEXISTENT] *
2: n MYRIGHTS private
2= n NO [NONEXISTENT] *
2: o CREATE private/mine
2= o NO [NONEXISTENT] *
2: p APPEND private {lit:x: y\r\n\r\n}
2= p NO [TRYCREATE] *
2: q SETACL private $bob lr
2= q NO [NONEXISTENT] *
# k, on the nearest folder above; x; a
2: r CREATE work/new
2= r NO [NOPERM] *"k"*
2: s CREATE work/none/new
2= s NO [NOPERM] *"k"*
2: t DELETE work
2= t NO [NOPERM] *"x"*
2: u RENAME work work2
2= u NO [NOPERM] *"x"*
2: v GETACL work
2= v NO [NOPERM] *"a"*
2: w SETACL work $bob lrswipkxtean
2= w NO [NOPERM] *"a"*
2: x DELETEACL work $bob
2= x NO [NOPERM] *"a"*
2: y LISTRIGHTS work $bob
2= y NO [NOPERM] *"a"*
2: z MYRIGHTS work
2= * MYRIGHTS work l
2= z OK *
1: l SETACL work $bob lk
1= l OK *
# a new folder has the list of the one above it
2: aa CREATE work/new/er
2= aa OK *
1: m GETACL work/new/er
1= * ACL work/new/er "DOM\\\\$box" lrswipkxteancd delegates lrswipkxteancd "DOM\\\\$bob_box" lkc
1= m OK *
# x there, k where it goes; and the list goes with the folder
2: ab RENAME work/new INBOX/moved
2= ab NO [NOPERM] *"x"*
1: n SETACL work/new $bob +x
1= n OK *
2: ac RENAME work/new INBOX/moved
2= ac OK *
1: o GETACL INBOX/moved
1= * ACL INBOX/moved "DOM\\\\$box" lrswipkxteancd delegates lrswipkxteancd "DOM\\\\$bob_box" lkxc
1= o OK *
1: p SETACL INBOX $bob lrswi
1= p OK *
2: ad RENAME INBOX/moved INBOX/again
2= ad NO [NOPERM] *"k"*
2: ae DELETE INBOX/moved
2= ae OK *
# INBOX: its messages go when it is renamed
2: af RENAME INBOX work/inbox
2= af NO [NOPERM] *"xte"*
# the list goes with the folder that is deleted
1: q DELETE work
1= q OK *
1: r CREATE work
1= r OK *
1: s GETACL work
1= * ACL work "DOM\\\\$box" lrswipkxteancd delegates lrswipkxteancd
1= s OK *
# top-level folders
1: t SETACL "" delegates lr
1= t OK *
2: ag CREATE top
2= ag NO [NOPERM] *"k"*
1: u CREATE top
1= u OK *
1: v GETACL top
1= * ACL top "DOM\\\\$box" lrswipkxteancd delegates lr
1= v OK *
2: ah SELECT top
2* ah OK [READ-ONLY] *
