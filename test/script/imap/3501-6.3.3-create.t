# RFC 3501 section 6.3.3: CREATE
logon 1 imap
1: a CREATE work
1= a OK *
1: b CREATE work
1= b NO [ALREADYEXISTS] *   ## ERR_FOLDEREXISTS
1: c CREATE INBOX
1= c NO [ALREADYEXISTS] *
1: d CREATE inbox
1= d NO [ALREADYEXISTS] *
# parents come along; a separator at the end only says that more is to come
1: e CREATE a/b/c
1= e OK *
1: f LIST "" a*
1= * LIST (\HasChildren) "/" a
1= * LIST (\HasChildren) "/" a/b
1= * LIST (\HasNoChildren) "/" a/b/c
1= f OK *
1: g CREATE later/
1= g OK *
1: h LIST "" later
1= * LIST (\HasNoChildren) "/" later
1= h OK *
1: i CREATE
1= i BAD *
1: j CREATE x y
1= j BAD *
1: k CREATE inbox/below
1= k OK *
1: l LIST "" "INBOX*"
1& * LIST (\HasChildren) "/" INBOX
1& * LIST (\HasNoChildren) "/" INBOX/below
1= l OK *
1: m CREATE {lit:with blank "quoted"}
1= m OK *
1: n LIST "" "with*"
1= * LIST (\HasNoChildren) "/" "with blank \\"quoted\\""
1= n OK *
1: o LOGOUT
1* o OK *
