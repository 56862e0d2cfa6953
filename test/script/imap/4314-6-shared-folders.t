# RFC 4314 sections 2 and 6: a folder that its owner gives to somebody is found under "Other Users/", without a right on the mailbox
another bob
another carol
bourse group add DOM\$bob_box-team --member $carol
mail $bob_address Subject: private\r\n\r\n
logon 1 imap bob
1: a CREATE Team
1= a OK *
1: b CREATE Team/Minutes
1= b OK *
1: c APPEND Team {lit:Subject: one\r\n\r\n1}
1= c OK *
# nobody was given anything
logon 2 imap
2: a LIST "" "Other Users/$bob_box/*"
2= a OK *
1: d SETACL Team $user lrs
1= d OK *
2: b LIST "" "Other Users/$bob_box/*"
2= * LIST (\HasNoChildren) "/" "Other Users/$bob_box/Team"
2= b OK *
# levels that cannot be opened
2: c LIST "" "Other Users/$box%"
2= * LIST (\Noselect \NonExistent \HasChildren) "/" "Other Users/$bob_box"
2= c OK *
2: d SELECT "Other Users/$bob_box"
2= d NO *no such folder
2: e SELECT "Other Users/$bob_box/Archive"
2= e NO *no such folder
2: f SELECT "Other Users/$bob_box/Team"
2? * OK [PERMANENTFLAGS (\Seen)] *
2* f OK [READ-WRITE] *
2: g STORE 1 +FLAGS (\Seen)
2= * 1 FETCH (FLAGS (\Seen*
2= g OK *
2: h STORE 1 +FLAGS (\Deleted)
2= h NO [NOPERM] *
2: i FETCH 1 BODY.PEEK[]
2= * 1 FETCH (BODY[] *
2* i OK *
# what they give is told in the words of the list
2: j MYRIGHTS "Other Users/$bob_box/Team"
2= * MYRIGHTS "Other Users/$bob_box/Team" lrs
2= j OK *
2: k GETACL "Other Users/$bob_box/Team"
2= k NO [NOPERM] *
1: e SETACL Team $user +a
1= e OK *
2: l GETACL "Other Users/$bob_box/Team"
2= * ACL "Other Users/$bob_box/Team" "DOM\\\\$bob_box" lrswipkxteancd delegates lrswipkxteancd "DOM\\\\$box" lrsa
2* l OK *
# and given on, to a group
2: m SETACL "Other Users/$bob_box/Team" $$bob_box-team lr
2= m OK *
logon 3 imap carol
3: a LIST "" "Other Users/$bob_box/*"
3= * LIST (\HasNoChildren) "/" "Other Users/$bob_box/Team"
3= a OK *
3: b STATUS "Other Users/$bob_box/Team" (MESSAGES)
3= * STATUS "Other Users/$bob_box/Team" (MESSAGES 1)
3= b OK *
bourse group member-remove $bob_box-team $carol
3: c LIST "" "Other Users/$bob_box/*"
3= c OK *
3: d STATUS "Other Users/$bob_box/Team" (MESSAGES)
3= d NO *no such folder
# what is given to all who have logged on is for those who know of it
1: f SETACL Team/Minutes authenticated lrp
1= f OK *
3: e LIST "" "Other Users/$bob_box/*"
3= e OK *
3: f STATUS "Other Users/$bob_box/Team/Minutes" (MESSAGES)
3= * STATUS "Other Users/$bob_box/Team/Minutes" (MESSAGES 0)
3= f OK *
3: g SUBSCRIBE "Other Users/$bob_box/Team/Minutes"
3= g OK *
3: h LIST (SUBSCRIBED) "" "Other Users/$bob_box/*"
3= * LIST (\Subscribed \HasNoChildren) "/" "Other Users/$bob_box/Team/Minutes"
3= h OK *
3: i LSUB "" "*Minutes"
3= * LSUB () "/" "Other Users/$bob_box/Team/Minutes"
3= i OK *
# and taken back from one who has it open
1: g DELETEACL Team $user
1= g OK *
2: n NOOP
2* * BYE *
