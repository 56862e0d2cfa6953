# RFC 3501 sections 6.3.6 to 6.3.9, RFC 5258: subscriptions to folders of others are one's own
another bob
bourse mailbox grant $bob_box $user --rights full
logon 1 imap
1: a SUBSCRIBE "Other Users/$bob_box/Archive"
1= a OK *
1: b LSUB "" "Other Users/*"
1= * LSUB () "/" "Other Users/$bob_box/Archive"
1= b OK *
1: c LIST (SUBSCRIBED) "" "Other Users/*"
1= * LIST (\Subscribed \HasNoChildren) "/" "Other Users/$bob_box/Archive"
1= c OK *
1: d LIST "" "Other Users/$bob_box/A*" RETURN (SUBSCRIBED STATUS (MESSAGES) MYRIGHTS)
1= * LIST (\Subscribed \HasNoChildren) "/" "Other Users/$bob_box/Archive"
1= * STATUS "Other Users/$bob_box/Archive" (MESSAGES 0)
1= * MYRIGHTS "Other Users/$bob_box/Archive" lrswipkxteancd
1= d OK *
1: e LIST (SUBSCRIBED RECURSIVEMATCH) "" "Other Users/%"
1= * LIST (\HasChildren) "/" "Other Users/$bob_box" ("CHILDINFO" ("SUBSCRIBED"))
1= e OK *
# the owner's subscriptions are the owner's
logon 2 imap bob
2: a SUBSCRIBE Junk
2= a OK *
1: f LIST (SUBSCRIBED) "" "Other Users/*"
1= * LIST (\Subscribed \HasNoChildren) "/" "Other Users/$bob_box/Archive"
1= f OK *
# the right goes, the subscription stays
bourse mailbox revoke $bob_box $user
1: g LIST (SUBSCRIBED) "" "Other Users/*"
1= * LIST (\NonExistent \Subscribed \HasNoChildren) "/" "Other Users/$bob_box/Archive"
1= g OK *
1: h LSUB "" "Other Users/*"
1= * LSUB (\Noselect) "/" "Other Users/$bob_box/Archive"
1= h OK *
1: i UNSUBSCRIBE "Other Users/$bob_box/Archive"
1= i OK *
1: j LSUB "" "Other Users/*"
1= j OK *
