# RFC 8440 section 3: LIST with RETURN (MYRIGHTS)
another bob
bourse mailbox grant $box $bob
logon 1 imap
1: a CAPABILITY
1= * CAPABILITY * LIST-MYRIGHTS *
1= a OK *
1: b1 CREATE foo/bar
1= b1 OK *
1: b2 SUBSCRIBE foo/bar
1= b2 OK *
1: b3 SUBSCRIBE none
1= b3 OK *
1: c LIST "" (INBOX foo) RETURN (MYRIGHTS)
1= * LIST (\HasNoChildren) "/" INBOX
1= * MYRIGHTS INBOX lrswipkxteancd
1= * LIST (\HasChildren) "/" foo
1= * MYRIGHTS foo lrswipkxteancd
1= c OK *
# what does not exist, or is told for the sake of a name below it, has none
1: d LIST (SUBSCRIBED RECURSIVEMATCH) "" (foo none) RETURN (MYRIGHTS)
1= * LIST (\HasChildren) "/" foo ("CHILDINFO" ("SUBSCRIBED"))
1= * LIST (\NonExistent \Subscribed \HasNoChildren) "/" none
1= d OK *
# somebody else's rights; what one may not open has no status
1: e1 SETACL foo $bob l
1= e1 OK *
1: e2 SETACL foo/bar $bob lr
1= e2 OK *
connect 2 imap
2= * OK *
2: a LOGIN $bob\\$box $password
2= a OK *
2: b LIST "" foo* RETURN (MYRIGHTS STATUS (MESSAGES) METADATA (/shared/comment))
2= * LIST (\Noselect \HasChildren) "/" foo
2= * MYRIGHTS foo l
2= * LIST (\HasNoChildren) "/" foo/bar
2= * STATUS foo/bar (MESSAGES 0)
2= * MYRIGHTS foo/bar lr
2= * METADATA foo/bar (/shared/comment NIL)
2= b OK *
1: f SETACL foo $bob ""
1= f OK *
2: c LIST "" foo* RETURN (MYRIGHTS)
2= * LIST (\HasNoChildren) "/" foo/bar
2= * MYRIGHTS foo/bar lr
2= c OK *
# a parent that one may not know of is a level that does not exist
2: d LIST (SUBSCRIBED RECURSIVEMATCH) "" foo
2= * LIST (\NonExistent \HasNoChildren) "/" foo ("CHILDINFO" ("SUBSCRIBED"))
2= d OK *
1: g LIST (MYRIGHTS) "" *
1= g BAD *
1: h LOGOUT
1* h OK *
