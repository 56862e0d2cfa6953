# RFC 4314 section 4 and RFC 9051 section 6.3.9: a folder that one may see below one that one may not
another bob
bourse mailbox grant $box $bob
logon 1 imap
1: a CREATE Zed/B/C
1= a OK *
1: b SETACL Zed $bob ""
1= b OK *
1: c SETACL Zed/B $bob ""
1= c OK *
connect 2 imap
2= * OK *
2: a LOGIN $bob\\$box $password
2= a OK *
# the parent is as if it did not exist; who asks for it by its name is told what % tells
2: b LIST "" Zed*
2= * LIST (\HasNoChildren) "/" Zed/B/C
2= b OK *
2: c LIST "" Zed
2= * LIST (\Noselect \NonExistent \HasChildren) "/" Zed
2= c OK *
# a level for whoever goes down with %, once, and with nothing but its name
1: d CREATE Zed/B/D
1= d OK *
1: e SETACL Zed/B/D $bob lr
1= e OK *
2: d LIST "" "Zed%"
2= * LIST (\Noselect \NonExistent \HasChildren) "/" Zed
2= d OK *
2: e LIST "" "Zed/%" RETURN (MYRIGHTS STATUS (MESSAGES) METADATA (/shared/comment))
2= * LIST (\Noselect \NonExistent \HasChildren) "/" Zed/B
2= e OK *
2: f LIST "" "Zed/B/%"
2& * LIST (\HasNoChildren) "/" Zed/B/C
2& * LIST (\HasNoChildren) "/" Zed/B/D
2= f OK *
2: g LIST (SUBSCRIBED) "" "Zed%"
2= g OK *
# the owner sees folders
1: f LIST "" "Zed%"
1= * LIST (\HasChildren) "/" Zed
1= f OK *
1: g LOGOUT
1* g OK *
