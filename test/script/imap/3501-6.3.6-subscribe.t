# RFC 3501 sections 6.3.6, 6.3.7 and 6.3.9: SUBSCRIBE, UNSUBSCRIBE, LSUB
logon 1 imap
1: a CREATE foo/bar
1= a OK *
1: b SUBSCRIBE foo/bar
1= b OK *
1: c LSUB "" foo*
1= * LSUB () "/" foo/bar
1= c OK *
# the special case of %
1: d LSUB "" f%
1= * LSUB (\Noselect) "/" foo
1= d OK *
# a name stays subscribed when its folder goes
1: e DELETE foo/bar
1= e OK *
1: f LSUB "" foo/*
1= * LSUB (\Noselect) "/" foo/bar
1= f OK *
1: g UNSUBSCRIBE foo/bar
1= g OK *
1: h LSUB "" foo*
1= h OK *
1: i UNSUBSCRIBE foo/bar
1= i *
1: j SUBSCRIBE
1= j BAD *
1: k UNSUBSCRIBE
1= k BAD *
1: l LSUB "" ""
1= * LSUB (\Noselect) "/" ""
1= l OK *
1: m LSUB
1= m BAD *
1: n LOGOUT
1* n OK *
