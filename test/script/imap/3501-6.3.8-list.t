# RFC 3501 section 6.3.8: LIST, references and wildcards
logon 1 imap
1: a LIST "" ""
1= * LIST (\Noselect) "/" ""
1= a OK *
1: b CREATE ~/Mail/foo/bar
1= b OK *
1: c LIST "" "~/Mail/%"
1= * LIST (\HasChildren) "/" ~/Mail/foo
1= c OK *
1: d LIST ~/Mail/ %
1= * LIST (\HasChildren) "/" ~/Mail/foo
1= d OK *
1: e LIST ~/Mail/ *
1= * LIST (\HasChildren) "/" ~/Mail/foo
1= * LIST (\HasNoChildren) "/" ~/Mail/foo/bar
1= e OK *
1: f LIST "" iNbOx
1= * LIST (\HasNoChildren) "/" INBOX
1= f OK *
1: g LIST "" %
1? * LIST (*HasNoChildren) "/" INBOX
1? * LIST (\HasChildren) "/" ~
1* g OK *
1: h LIST "" none
1= h OK *
1: i LIST ""
1= i BAD *
1: j LIST
1= j BAD *
1: k LIST "" (a b
1= k BAD *
1: l LIST "" "*%*%*%*%*%*%*%*%*%*%*q"
1= l OK *
1: m LOGOUT
1* m OK *
