# RFC 3501 section 5.1.3: modified UTF-7 (D7)
logon 1 imap
1: a CREATE Entw&APw-rfe
1= a OK *
1: b LIST "" Ent*
1= * LIST (\HasNoChildren) "/" Entw&APw-rfe
1= b OK *
1: c CREATE "&U,BTFw-"
1= c OK *
1: d CREATE "R&-D"
1= d OK *
1: e LIST "" R*
1= * LIST (\HasNoChildren) "/" R&-D
1= e OK *
# decomposed it is the same name
1: f CREATE Entwu&Awg-rfe
1= f NO [ALREADYEXISTS] *
# malformed: a lone &, no end, not base64, encoded ASCII, a lone surrogate, NUL, two in a row
1: g CREATE &
1= g *
1: h CREATE &Jjo
1= h NO *
1: i CREATE "&Jjo!"
1= i NO *
1: j CREATE &AGE-
1= j NO *
1: k CREATE &2D0-
1= k NO *
1: l CREATE &AAA-
1= l NO *
1: m CREATE "&U,BTFw-&ZeVnLIqe-"
1= m NO *
# eight bits are no mailbox name
1- n CREATE "\xc3\xbc"\r\n
1= n *
1- o CREATE "\xc0\xaf"\r\n
1= o *
1: p LOGOUT
1* p OK *
