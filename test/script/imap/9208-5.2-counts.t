# RFC 9208 sections 5.2 and 5.3: MESSAGE and MAILBOX are exact, and their limits hold
bourse mailbox set $box --quota-messages 4 --quota-folders 8
mail $address Subject: one\r\n\r\n
logon 1 imap
1: a SELECT INBOX
1* a OK *
1: b APPEND Trash {lit:Subject: two\r\n\r\n}
1= b OK *
1: c COPY 1 Archive
1= c OK *
1: d GETQUOTA $box
1= * QUOTA $box (STORAGE 1 2355200 MESSAGE 3 4 MAILBOX 6 8)
1= d OK *
1: e COPY 1 Trash
1= * NO [OVERQUOTA] *full*
1= e OK *
1: f COPY 1 Trash
1= f NO [OVERQUOTA] *
1: g APPEND Trash {lit:Subject: five\r\n\r\n}
1= g NO [OVERQUOTA] *   ## ERR_QUOTA
# no more mail from outside, and moving goes on
connect 2 smtp
2* 220 *
2: EHLO client.example
2* 250 *
2: MAIL FROM:<>
2* 250 *
2: RCPT TO:<$address>
2* 552 5.2.2 *
1: h MOVE 1 Trash
1* h OK *
1: i GETQUOTA $box
1= * QUOTA $box (STORAGE 1 2355200 MESSAGE 4 4 MAILBOX 6 8)
1= i OK *
# folders: parents count as well, names that are only subscribed do not
1: j SUBSCRIBE nowhere
1= j OK *
1: k CREATE a/b/c
1= k NO [OVERQUOTA] *folders*
1: l CREATE a/b
1= l OK *
1: m CREATE c
1= m NO [OVERQUOTA] *folders*
1: n RENAME a c/a
1= n NO [OVERQUOTA] *folders*
1: o RENAME a c
1= o OK *
1: p GETQUOTA $box
1= * QUOTA $box (STORAGE 1 2355200 MESSAGE 4 4 MAILBOX 8 8)
1= p OK *
1: q DELETE c/b
1= q OK *
1: r CREATE nowhere
1= r OK *
1: s GETQUOTA $box
1= * QUOTA $box (STORAGE 1 2355200 MESSAGE 4 4 MAILBOX 8 8)
1= s OK *
