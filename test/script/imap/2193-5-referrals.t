# RFC 2193 section 5: RLIST and RLSUB, as LIST and LSUB where all folders are on this server
logon 1 imap
1: a CAPABILITY
1= * CAPABILITY * MAILBOX-REFERRALS *
1= a OK *
1: b CREATE foo/bar
1= b OK *
1: c SUBSCRIBE foo/bar
1= c OK *
1: d RLIST "" f*
1= * LIST (\HasChildren) "/" foo
1= * LIST (\HasNoChildren) "/" foo/bar
1= d OK *
1: e RLIST foo/ %
1= * LIST (\HasNoChildren) "/" foo/bar
1= e OK *
1: f RLIST "" ""
1= * LIST (\Noselect) "/" ""
1= f OK *
1: g RLSUB "" f*
1= * LSUB () "/" foo/bar
1= g OK *
1: h RLSUB "" f%
1= * LSUB (\Noselect) "/" foo
1= h OK *
1: i RLSUB "" ""
1= * LSUB (\Noselect) "/" ""
1= i OK *
# no folder is elsewhere: none is referred to
1: j SELECT elsewhere
1= j NO [NONEXISTENT] *
1: k1 RLIST ""
1= k1 BAD *
1: k2 RLSUB ""
1= k2 BAD *
1: k3 RLIST () "" *
1= k3 BAD *
1: k4 RLIST "" * RETURN ()
1= k4 BAD *
1: l LOGOUT
1* l OK *
