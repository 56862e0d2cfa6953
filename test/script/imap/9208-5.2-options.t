# RFC 9208 sections 5.2 and 5.3: quota.messages_max and quota.folders_max hold for mailboxes without limits of their own
# server: small
logon 1 imap
1: a GETQUOTA $box
1= * QUOTA $box (STORAGE 0 2355200 MESSAGE 0 900 MAILBOX 6 30)
1= a OK *
bourse mailbox set $box --quota-messages unlimited --quota-folders 10000
1: b GETQUOTA $box
1= * QUOTA $box (STORAGE 0 2355200 MAILBOX 6 10000)
1= b OK *
bourse mailbox set $box --quota-messages default --quota-folders default
1: c GETQUOTA $box
1= * QUOTA $box (STORAGE 0 2355200 MESSAGE 0 900 MAILBOX 6 30)
1= c OK *
