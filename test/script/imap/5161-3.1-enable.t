# RFC 5161 sections 3.1 and 3.2: ENABLE lists what it switched on; what it does not know it passes over
connect 1 imap
1= * OK *
1: a ENABLE X
1= a BAD *
1: b LOGIN $user $password
1= b OK *
1: c ENABLE X-GOOD-IDEA
1= * ENABLED
1= c OK *
1: d ENABLE IDLE UIDPLUS
1= * ENABLED
1= d OK *
1: e ENABLE
1= e BAD *
# each answer names what that command switched on, and CAPABILITY stays what it was
1: e1 CAPABILITY
1= * CAPABILITY IMAP4rev1 IMAP4rev2 *UTF8=ACCEPT*
1= e1 OK *
1: e2 ENABLE utf8=accept CONDSTORE x-b
1= * ENABLED CONDSTORE UTF8=ACCEPT
1= e2 OK *
1: e3 ENABLE IMAP4rev2 CONDSTORE
1= * ENABLED IMAP4rev2
1= e3 OK *
1: e4 CAPABILITY
1= * CAPABILITY IMAP4rev1 IMAP4rev2 *UTF8=ACCEPT*
1= e4 OK *
# before logon there is nothing to be switched on, and a session of its own has it switched off
logon 2 imap
2: g SELECT INBOX
2* g OK *
2: h SEARCH ALL
2= * SEARCH
2= h OK *
# section 3.1: servers need not look whether a folder is selected
2: i ENABLE IMAP4rev2
2= * ENABLED IMAP4rev2
2= i OK *
2: j SEARCH ALL
2= * ESEARCH (TAG "j")
2= j OK *
2: k LOGOUT
2* k OK *
1: f LOGOUT
1* f OK *
