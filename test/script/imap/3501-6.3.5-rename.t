# RFC 3501 section 6.3.5: RENAME, children with it; INBOX gives its messages and stays
mail $address Subject: one\r\n\r\n
logon 1 imap
1: a CREATE one/two
1= a OK *
1: b RENAME one uno
1= b OK *
1: c LIST "" "*o*"
1? * LIST (\HasChildren) "/" uno
1= * LIST (\HasNoChildren) "/" uno/two
1* c OK *
1: d LIST "" one*
1= d OK *
1: e RENAME none x
1= e NO [NONEXISTENT] *
1: f CREATE other
1= f OK *
1: g RENAME other uno
1= g NO [ALREADYEXISTS] *
1: h RENAME uno uno/below
1= h NO *
1: i RENAME other INBOX
1= i NO *
# section 6.3.5: parents of the new name come along
1: j RENAME other p/q/other
1= j OK *
1: k LIST "" p*
1= * LIST (\HasChildren) "/" p
1= * LIST (\HasChildren) "/" p/q
1= * LIST (\HasNoChildren) "/" p/q/other
1= k OK *
1: l RENAME INBOX old-mail
1= l OK *
1: m STATUS INBOX (MESSAGES)
1= * STATUS INBOX (MESSAGES 0)
1= m OK *
1: n STATUS old-mail (MESSAGES)
1= * STATUS old-mail (MESSAGES 1)
1= n OK *
1: o RENAME x
1= o BAD *
1: p LOGOUT
1* p OK *
