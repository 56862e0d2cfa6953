# RFC 3348 section 3: \HasChildren and \HasNoChildren, one of them for every folder
logon 1 imap
1: a CREATE p/c
1= a OK *
1: b LIST "" p
1= * LIST (\HasChildren) "/" p
1= b OK *
1: c LIST "" p/c
1= * LIST (\HasNoChildren) "/" p/c
1= c OK *
1: d DELETE p/c
1= d OK *
1: e LIST "" p
1= * LIST (\HasNoChildren) "/" p
1= e OK *
1: f LOGOUT
1* f OK *
