# RFC 4314 section 2: rights belong to the account, not to its name; kinds of entries, and negative ones
another bob
another carol
bourse mailbox grant $box $bob
bourse mailbox grant $box $carol
logon 1 imap
1: a SETACL Archive anyone lrs
1= a OK *
1: b SETACL Archive $bob l
1= b OK *
connect 2 imap
2= * OK *
2: a LOGIN $bob\\$box $password
2= a OK *
connect 3 imap
3= * OK *
3: a LOGIN $carol\\$box $password
3= a OK *
# the most specific kind counts: one's own, the delegates', that of all who logged on, anyone's
2: b MYRIGHTS Archive
2= * MYRIGHTS Archive l
2= b OK *
3: b MYRIGHTS Archive
3= * MYRIGHTS Archive lrswipkxteancd
3= b OK *
1: c DELETEACL Archive delegates
1= c OK *
3: c MYRIGHTS Archive
3= * MYRIGHTS Archive lrs
3= c OK *
1: d SETACL Archive authenticated lrw
1= d OK *
3: d MYRIGHTS Archive
3= * MYRIGHTS Archive lrw
3= d OK *
# what is taken away is gone whoever gave it
1: e SETACL Archive -$carol w
1= e OK *
3: e MYRIGHTS Archive
3= * MYRIGHTS Archive lr
3= e OK *
1: f SETACL Archive -anyone r
1= f OK *
3: f MYRIGHTS Archive
3= * MYRIGHTS Archive l
3= f OK *
# a delegate with "a" may change the list, even against itself
1: g SETACL Archive $bob lra
1= g OK *
2: c GETACL Archive
2= * ACL Archive "DOM\\\\$box" lrswipkxteancd anyone lrs -anyone r authenticated lrw "DOM\\\\$bob_box" lra "-DOM\\\\$carol_box" w
2= c OK *
2: d SETACL Archive $user lr
2= d NO [CANNOT] *
2: e SETACL Archive $bob l
2= e OK *
2: f SETACL Archive $bob +a
2= f NO [NOPERM] *
# an account of the same name, made later, is another one
1: h SETACL Archive $carol lrswipkxtean
1= h OK *
bourse mailbox remove $carol_box
bourse account remove $carol
another carol
1: i GETACL Archive
1= * ACL Archive "DOM\\\\$box" lrswipkxteancd anyone lrs -anyone r authenticated lrw "DOM\\\\$bob_box" l
1= i OK *
bourse mailbox grant $box $carol
connect 4 imap
4= * OK *
4: a LOGIN $carol\\$box $password
4= a OK *
4: b MYRIGHTS Archive
4= * MYRIGHTS Archive lw
4= b OK *
# the mailbox has another owner: the list goes on, and the new owner has all rights
1: j LOGOUT
1* j OK *
2: g LOGOUT
2* g OK *
bourse mailbox revoke $box $bob
bourse mailbox set $box --account $bob
connect 5 imap
5= * OK *
5: a LOGIN $bob\\$box $password
5= a OK *
5: b GETACL Archive
5= * ACL Archive "DOM\\\\$bob_box" lrswipkxteancd anyone lrs -anyone r authenticated lrw
5= b OK *
5: c MYRIGHTS Archive
5= * MYRIGHTS Archive lrswipkxteancd
5= c OK *
