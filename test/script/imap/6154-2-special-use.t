# RFC 6154 sections 2 and 5.1: LIST may show what a folder is for
logon 1 imap
1: a LIST "" %
1& * LIST (\HasNoChildren) "/" INBOX
1& * LIST (\HasNoChildren \Drafts) "/" Drafts
1& * LIST (\HasNoChildren \Sent) "/" *
1& * LIST (\HasNoChildren \Trash) "/" *
1& * LIST (\HasNoChildren \Junk) "/" *
1& * LIST (\HasNoChildren \Archive) "/" *
1= a OK *
1: b LOGOUT
1* b OK *
