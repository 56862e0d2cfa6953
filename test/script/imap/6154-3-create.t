# RFC 6154 sections 3 and 5.3: CREATE with USE. A use that another folder has goes over to the new one.
logon 1 imap
1: a CAPABILITY
1= * CAPABILITY * CREATE-SPECIAL-USE*
1= a OK *
1: b CREATE MySpecial (USE (\Drafts \Sent))
1= b OK [MAILBOXID *] *
1: c LIST (SPECIAL-USE) "" "*"
1& * LIST (\HasNoChildren \Drafts \Sent) "/" MySpecial
1& * LIST (\HasNoChildren \Trash) "/" Trash
1& * LIST (\HasNoChildren \Junk) "/" Junk
1& * LIST (\HasNoChildren \Archive) "/" Archive
1= c OK *
1: d LIST "" (Sent Drafts) RETURN (SPECIAL-USE)
1= * LIST (\HasNoChildren) "/" Drafts
1= * LIST (\HasNoChildren) "/" Sent
1= d OK *
# what cannot be had makes no folder, and takes nothing from another
1: e1 CREATE Everything (USE (\All))
1= e1 NO [USEATTR] *   ## ERR_USEATTR
1: e2 CREATE Everything (USE (\Sent \Flagged))
1= e2 NO [USEATTR] *
1: e3 CREATE Everything (USE (\Important))
1= e3 NO [USEATTR] *
1: e4 LIST "" (Everything MySpecial)
1= * LIST (\HasNoChildren \Drafts \Sent) "/" MySpecial
1= e4 OK *
# a folder that is there already keeps its uses, and so do the others
1: f CREATE Trash (USE (\Junk))
1= f NO [ALREADYEXISTS] *
1: g LIST (SPECIAL-USE) "" (Trash Junk)
1= * LIST (\HasNoChildren \Junk) "/" Junk
1= * LIST (\HasNoChildren \Trash) "/" Trash
1= g OK *
# in any case, once or twice, with its parents, and none at all
1: h CREATE spam/here (use (\junk \JUNK))
1= h OK *
1: i LIST "" spam* RETURN (SPECIAL-USE)
1= * LIST (\HasChildren) "/" spam
1= * LIST (\HasNoChildren \Junk) "/" spam/here
1= i OK *
1: j CREATE plain (USE ())
1= j OK *
1: k LIST "" plain
1= * LIST (\HasNoChildren) "/" plain
1= k OK *
# a use goes with its folder to another name, and with the folder
1: l RENAME spam/here elsewhere
1= l OK *
1: m LIST (SPECIAL-USE) "" (spam/* elsewhere)
1= * LIST (\HasNoChildren \Junk) "/" elsewhere
1= m OK *
1: n DELETE elsewhere
1= n OK *
1: o LIST (SPECIAL-USE) "" "*"
1& * LIST (\HasNoChildren \Drafts \Sent) "/" MySpecial
1& * LIST (\HasNoChildren \Trash) "/" Trash
1& * LIST (\HasNoChildren \Archive) "/" Archive
1= o OK *
1: p1 CREATE x (USE)
1= p1 BAD *
1: p2 CREATE x ()
1= p2 BAD *
1: p3 CREATE x (USE (Sent))
1= p3 BAD *
1: p4 CREATE x (OTHER (\Sent))
1= p4 BAD *
1: p5 CREATE x (USE (\Sent)
1= p5 BAD *
1: p6 CREATE x USE (\Sent)
1= p6 BAD *
1: q LOGOUT
1* q OK *
