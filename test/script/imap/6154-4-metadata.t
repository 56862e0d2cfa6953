# RFC 6154 sections 4 and 5.4: special uses as the annotation /private/specialuse
logon 1 imap
1: a CREATE SavedDrafts
1= a OK *
1: b GETMETADATA Drafts /private/specialuse
1= * METADATA Drafts (/private/specialuse "\\\\Drafts")
1= b OK *
1: c GETMETADATA SavedDrafts /private/specialuse
1= * METADATA SavedDrafts (/private/specialuse NIL)
1= c OK *
# another folder loses what this one gets
1: d SETMETADATA SavedDrafts (/private/specialuse "\\\\Drafts")
1= d OK *
1: e SETMETADATA Sent (/private/specialuse NIL)
1= e OK *
1: f LIST "" (Sent SavedDrafts Drafts Trash) RETURN (SPECIAL-USE)
1= * LIST (\HasNoChildren) "/" Drafts
1= * LIST (\HasNoChildren \Drafts) "/" SavedDrafts
1= * LIST (\HasNoChildren) "/" Sent
1= * LIST (\HasNoChildren \Trash) "/" Trash
1= f OK *
1: g GETMETADATA (DEPTH 1) Drafts /private
1= * METADATA Drafts (/private NIL)
1= g OK *
# several, written as LIST writes them
1: h SETMETADATA Trash (/private/specialuse "\\\\junk \\\\Trash")
1= h OK *
1: i GETMETADATA Trash /Private/SpecialUse
1= * METADATA Trash (/Private/SpecialUse "\\\\Trash \\\\Junk")
1= i OK *
1: j GETMETADATA Junk /private/specialuse
1= * METADATA Junk (/private/specialuse NIL)
1= j OK *
# as CREATE judges them, and all of a command or nothing
1: k1 SETMETADATA Trash (/private/specialuse "\\\\All")
1= k1 NO [USEATTR] *
1: k2 SETMETADATA Trash (/private/specialuse "\\\\Sent \\\\Flagged")
1= k2 NO [USEATTR] *
1: k3 SETMETADATA INBOX (/private/specialuse "\\\\Sent")
1= k3 NO [USEATTR] *
1: k4 SETMETADATA "" (/private/specialuse "\\\\Sent")
1= k4 NO [USEATTR] *
1: k5 SETMETADATA Trash (/private/comment "not kept" /private/specialuse "Sent")
1= k5 NO [USEATTR] *
1: k6 GETMETADATA Trash (/private/comment /private/specialuse)
1= * METADATA Trash (/private/comment NIL /private/specialuse "\\\\Trash \\\\Junk")
1= k6 OK *
1: l SETMETADATA Trash (/private/specialuse "" /private/comment "kept")
1= l OK *
1: m GETMETADATA Trash (/private/comment /private/specialuse)
1= * METADATA Trash (/private/comment "kept" /private/specialuse NIL)
1= m OK *
1: q LOGOUT
1* q OK *
