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
1: f LOGOUT
1* f OK *
