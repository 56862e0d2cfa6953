# RFC 4314 sections 2 and 4: who may only read the mailbox; what a list gives to an account or a group is theirs all the same
another bob
bourse group add DOM\$bob_box-g --member $bob
mail $address Subject: one\r\n\r\n
bourse mailbox grant $box --group $bob_box-g --rights read
logon 1 imap
connect 2 imap
2= * OK *
2: a LOGIN $bob\\$box $password
2= a OK *
2: b MYRIGHTS INBOX
2= * MYRIGHTS INBOX lr
2= b OK *
2: c SELECT INBOX
2? * OK [PERMANENTFLAGS ()] *
2* c OK [READ-ONLY] *
2: d FETCH 1 (FLAGS BODY[HEADER.FIELDS (Subject)])
2= * 1 FETCH (FLAGS (\Recent) BODY[HEADER.FIELDS (*
2* )
2= d OK *
2: e STORE 1 +FLAGS (\Seen)
2= e NO *
2: f EXPUNGE
2= f NO *
2: g CREATE Mine
2= g NO [NOPERM] *
2: h APPEND INBOX {lit:Subject: two\r\n\r\n}
2= h NO [NOPERM] *
2: i COPY 1 Archive
2= i NO [NOPERM] *
2: j SETACL INBOX $bob lrs
2= j NO [NOPERM] *
# the owner lets this one keep \Seen there
1: b SETACL INBOX $$bob_box-g lrs
1= b OK *
2: k MYRIGHTS INBOX
2? * MYRIGHTS INBOX lrs
2* k OK *
2: l SELECT INBOX
2? * OK [PERMANENTFLAGS (\Seen)] *
2* l OK [READ-WRITE] *
2: m STORE 1 +FLAGS (\Seen)
2= * 1 FETCH (FLAGS (\Seen*
2= m OK *
2: n STORE 1 +FLAGS (\Flagged)
2= n NO [NOPERM] *
1: c GETACL INBOX
1= * ACL INBOX "DOM\\\\$box" lrswipkxteancd delegates lrswipkxteancd "$DOM\\\\$bob_box-g" lrs
1= c OK *
# in no group any more: out at once
2: o IDLE
2= + *
bourse group member-remove $bob_box-g $bob
2= * BYE this account has no right to the mailbox
2!
