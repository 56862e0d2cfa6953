# RFC 5465 sections 5.4 and 5.5: folders that are made, deleted, renamed and subscribed: LIST
logon 1 imap
logon 2 imap
1: a NOTIFY SET (personal (MailboxName SubscriptionChange))
1= a OK *
2: a CREATE one
2= a OK *
1= * LIST (\HasNoChildren) "/" one
# the parent has a child now
2: b CREATE one/two
2= b OK *
1= * LIST (\HasNoChildren) "/" one/two
1= * LIST (\HasChildren) "/" one
2: c RENAME one/two one/three
2= c OK *
1= * LIST (\HasNoChildren) "/" one/three ("OLDNAME" (one/two))
# children go along, and are not spoken of
2: d RENAME one uno
2= d OK *
1= * LIST (\HasChildren) "/" uno ("OLDNAME" (one))
1_ 0.2
2: e SUBSCRIBE uno
2= e OK *
1= * LIST (\Subscribed \HasChildren) "/" uno
2: f UNSUBSCRIBE uno
2= f OK *
1= * LIST (\HasChildren) "/" uno
# with children it stays, and cannot be opened
2: g DELETE uno
2= g OK *
1= * LIST (\Noselect \HasChildren) "/" uno
2: h DELETE uno/three
2= h OK *
1? * LIST (\NonExistent * "/" uno/three
1= * LIST (* "/" uno
# section 5: not what this client does itself
1: b CREATE mine
1= b OK *
1: c SUBSCRIBE mine
1= c OK *
1_ 0.2
2: i DELETE mine
2= i OK *
1= * LIST (\NonExistent * "/" mine
# only where it was asked for
1: d NOTIFY SET (subtree lists (MailboxName)) (mailboxes news (SubscriptionChange))
1= d OK *
2: j CREATE lists
2= j OK *
1= * LIST (\HasNoChildren) "/" lists
2: k CREATE elsewhere
2= k OK *
2: l SUBSCRIBE lists
2= l OK *
1_ 0.2
2: m CREATE news
2= m OK *
2: n SUBSCRIBE news
2= n OK *
1= * LIST (\Subscribed \HasNoChildren) "/" news
# RENAME of INBOX makes a folder; INBOX itself is not spoken of
1: e NOTIFY SET (personal (MailboxName))
1= e OK *
2: o RENAME INBOX old
2= o OK *
1= * LIST (\HasNoChildren) "/" old
1_ 0.2
