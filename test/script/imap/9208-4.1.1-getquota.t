# RFC 9208 sections 4.1.1, 4.1.2, 4.2: GETQUOTA, GETQUOTAROOT; one root, called as the mailbox
mail $address Subject: one\r\n\r\nsome text\r\n
logon 1 imap
1: a CAPABILITY
1& * CAPABILITY * QUOTA QUOTA=RES-STORAGE QUOTA=RES-MESSAGE QUOTA=RES-MAILBOX QUOTASET*
1& a OK *
1: b GETQUOTAROOT INBOX
1= * QUOTAROOT INBOX $box
1= * QUOTA $box (STORAGE 1 2355200 MAILBOX 6 10000)
1= b OK *
# of a folder that does not exist (4.1.2)
1: c GETQUOTAROOT "not yet"
1= * QUOTAROOT "not yet" $box
1= * QUOTA $box (STORAGE 1 2355200 MAILBOX 6 10000)
1= c OK *
1: d GETQUOTA $box
1= * QUOTA $box (STORAGE 1 2355200 MAILBOX 6 10000)
1= d OK *
1: e GETQUOTA "$box"
1= * QUOTA $box (STORAGE 1 2355200 MAILBOX 6 10000)
1= e OK *
# limits of other kinds; what is not limited is not named (4.2.1)
bourse mailbox set $box --quota-receive unlimited --quota-send unlimited --quota-warn unlimited --quota-messages 40 --quota-folders 7
1: f GETQUOTA $box
1= * QUOTA $box (MESSAGE 1 40 MAILBOX 6 7)
1= f OK *
bourse mailbox set $box --quota-messages default --quota-folders unlimited
1: g GETQUOTA $box
1= * QUOTA $box (MAILBOX 6 10000)
1= g OK *
# nobody else's, and none that nobody has (8)
another other
1: h GETQUOTA $other_box
1= h NO [NONEXISTENT] *
1: i GETQUOTA ""
1= i NO [NONEXISTENT] *
1: j GETQUOTA
1= j BAD *
1: k GETQUOTAROOT
1= k BAD *
1: l GETQUOTA $box x
1= l BAD *
1: m LOGOUT
1* m OK *
