# RFC 8508 section 3.4: only what is more than before counts
bourse mailbox set $box --quota-receive=2K --quota-send=2K --quota-warn=2K
logon 1 imap
1- a APPEND Drafts {2000+}\r\n
repeat 2000 1- x
1:
1? a OK *
1: b SELECT Drafts
1* b OK *
1- c APPEND Drafts {2000}\r\n
1= c NO [OVERQUOTA] *
1- d REPLACE 1 Drafts {2010+}\r\n
repeat 2010 1- x
1:
1? d OK *
1: e REPLACE 1 Drafts {2100}
1= e NO [OVERQUOTA] *
1: f REPLACE 1 Drafts {lit:Subject: less\r\n\r\n}
1? f OK *
1: g LOGOUT
1* g OK *
