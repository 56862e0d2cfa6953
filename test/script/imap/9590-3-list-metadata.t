# RFC 9590 section 3: LIST with RETURN (METADATA ...)
logon 1 imap
1: a CAPABILITY
1= * CAPABILITY * LIST-METADATA *
1= a OK *
1: b1 CREATE foo/bar
1= b1 OK *
1: b2 SETMETADATA INBOX (/shared/vendor/acme/color "#b71c1c")
1= b2 OK *
1: b3 SETMETADATA foo/bar (/shared/vendor/acme/color "#00ff00" /private/comment "green")
1= b3 OK *
1: b4 SUBSCRIBE foo/bar
1= b4 OK *
1: b5 SUBSCRIBE bar
1= b5 OK *
1: c LIST "" (INBOX foo) RETURN (METADATA (/shared/vendor/acme/color))
1= * LIST (\HasNoChildren) "/" INBOX
1= * METADATA INBOX (/shared/vendor/acme/color "#b71c1c")
1= * LIST (\HasChildren) "/" foo
1= * METADATA foo (/shared/vendor/acme/color NIL)
1= c OK *
# what does not exist, or is told for the sake of a name below it, has none
1: d LIST (SUBSCRIBED RECURSIVEMATCH) "" (bar foo) RETURN (METADATA (/shared/vendor/acme/color))
1= * LIST (\NonExistent \Subscribed \HasNoChildren) "/" bar
1= * LIST (\HasChildren) "/" foo ("CHILDINFO" ("SUBSCRIBED"))
1= d OK *
# beside other options, and with several entries
1: e LIST "" foo/bar RETURN (STATUS (MESSAGES) METADATA (/private/comment "/shared/vendor/acme/color") SUBSCRIBED)
1= * LIST (\Subscribed \HasNoChildren) "/" foo/bar
1= * STATUS foo/bar (MESSAGES 0)
1= * METADATA foo/bar (/private/comment "green" /shared/vendor/acme/color "#00ff00")
1= e OK *
1: f LIST "" Sent RETURN (METADATA (/private/specialuse))
1= * LIST (\HasNoChildren \Sent) "/" Sent
1= * METADATA Sent (/private/specialuse "\\\\Sent")
1= f OK *
1: g1 LIST "" * RETURN (METADATA)
1= g1 BAD *
1: g2 LIST "" * RETURN (METADATA ())
1= g2 BAD *
1: g3 LIST "" * RETURN (METADATA (comment))
1= g3 BAD *
1: g4 LIST (METADATA (/private/comment)) "" *
1= g4 BAD *
1: h LOGOUT
1* h OK *
