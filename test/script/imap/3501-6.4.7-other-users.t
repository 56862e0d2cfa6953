# RFC 3501 section 6.4.7, RFC 6851, RFC 4315: COPY, MOVE and APPEND between mailboxes, with what flags the rights let through
another bob
bourse mailbox grant $bob_box $user --rights full
mail $address Subject: one\r\n\r\nfirst\r\n
mail $address Subject: two\r\n\r\nsecond\r\n
mail $address Subject: three\r\n\r\nthird\r\n
logon 1 imap
1: a SELECT INBOX
1* a OK *
1: b STORE 1 FLAGS (\Seen \Flagged $Forwarded Mine)
1* b OK *
1: c COPY 1:2 "Other Users/$bob_box/Archive"
1= c OK [COPYUID * 1:2 1:2] *
1: d MOVE 2:3 "Other Users/$bob_box"
1= * OK [COPYUID * 2:3 1:2] *
1= * 3 EXPUNGE
1= * 2 EXPUNGE
1= d OK *
logon 2 imap bob
2: a SELECT Archive
2* a OK *
2: b FETCH 1 (FLAGS BODY.PEEK[])
2= * 1 FETCH (FLAGS (\Flagged \Seen *Mine*) BODY[] *
2* first
2* b OK *
2: c SELECT INBOX
2? * 2 EXISTS
2* c OK *
2: d FETCH 1:2 BODY.PEEK[HEADER.FIELDS (SUBJECT)]
2= * 1 FETCH *
2= Subject: two
2=
2= )
2= * 2 FETCH *
2= Subject: three
2=
2= )
2= d OK *
# only what may be kept goes along
2: e SETACL Junk $user lri
2= e OK *
1: e COPY 1 "Other Users/$bob_box/Junk"
1= e OK [COPYUID *
2: f STATUS Junk (MESSAGES UNSEEN)
2= * STATUS Junk (MESSAGES 1 UNSEEN 1)
2= f OK *
2: g SETACL Junk $user lr
2= g OK *
1: f COPY 1 "Other Users/$bob_box/Junk"
1= f NO [NOPERM] *
# the other way, and between two folders of one mailbox of another
1: g SELECT "Other Users/$bob_box/Archive"
1* g OK *
1: h COPY 2 Drafts
1= h OK [COPYUID *
1: i COPY 1:2 "Other Users/$bob_box/Sent"
1= i OK [COPYUID * 1:2 1:2] *
1: j UID MOVE 2 INBOX
1= * OK [COPYUID *
1= * 2 EXPUNGE
1= j OK *
1: k STATUS Drafts (MESSAGES)
1= * STATUS Drafts (MESSAGES 1)
1= k OK *
1: l COPY 1 "Other Users/nobody/x"
1= l NO [TRYCREATE] *
# too much for one write set
bourse mailbox set $box --quota-messages 2
1: m COPY 1 INBOX
1= * NO [OVERQUOTA] *
1= m NO [OVERQUOTA] *   ## ERR_QUOTA
1: n STATUS INBOX (MESSAGES)
1= * STATUS INBOX (MESSAGES 2)
1= n OK *
# RFC 8508: what replaces a message is where the message is
bourse mailbox set $box --quota-messages unlimited
1: o REPLACE 1 INBOX {lit:Subject: x\r\n\r\n}
1= o NO [CANNOT] *   ## ERR_UNSUPPORTED
1: p REPLACE 1 "Other Users/$bob_box/Archive" {lit:Subject: x\r\n\r\n}
1= * OK [APPENDUID *
1* p OK *
