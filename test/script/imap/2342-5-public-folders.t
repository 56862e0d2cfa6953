# RFC 2342 section 5, RFC 4314 section 4: the public store, under "Public Folders/"
# server: public
logon 1 imap
1: a NAMESPACE
1= * NAMESPACE (("" "/")) (("Other Users/" "/")) (("Public Folders/" "/"))
1= a OK *
bourse folder create public $box/Plans
1: b LIST "" "Public Folders/$box"
1= * LIST (\HasChildren) "/" "Public Folders/$box"
1= b OK *
1: c LIST "" "Public Folders/$box/*"
1= * LIST (\HasNoChildren) "/" "Public Folders/$box/Plans"
1= c OK *
1: d LIST "Public Folders/" "$box/%"
1= * LIST (\HasNoChildren) "/" "Public Folders/$box/Plans"
1= d OK *
1: e LIST "" "%"
1? * LIST (\Noselect \NonExistent \HasChildren) "/" "Public Folders"
1* e OK *
1: f LIST "" "Public Folders"
1= * LIST (\Noselect \NonExistent \HasChildren) "/" "Public Folders"
1= f OK *
# it is no folder itself, and the inbox that every mailbox has is none here
1: g SELECT "Public Folders"
1= g NO *no such folder
1: h SELECT "Public Folders/"
1= h NO *no such folder
1: i SELECT "Public Folders/INBOX"
1= i NO *no such folder
1: j STATUS "Public Folders/inbox" (MESSAGES)
1= j NO *no such folder
1: k CREATE "Public Folders/Inbox/x"
1= k NO *no such folder
1: l APPEND "Public Folders/INBOX" {lit:Subject: no\r\n\r\n}
1= l NO [TRYCREATE] no such folder
1: m LIST "" "Public Folders/INBOX*"
1= m OK *
1: n CREATE "Public Folders"
1= n NO *no such folder
1: o DELETE "Public Folders"
1= o NO *no such folder
1: p RENAME "Public Folders" Mine
1= p NO *no such folder
# who may make folders at its top says the list of the store itself
1: q CREATE "Public Folders/$box-mine"
1= q NO [NOPERM] you need the right "k" on that folder
bourse folder grant public / $user k
1: r CREATE "Public Folders/$box-mine/Below" (USE (\Archive))
1= r NO [USEATTR] *
1: s CREATE "Public Folders/$box-mine/Below"
1= s OK [MAILBOXID *
# who made it has all rights, also on what was made above it; all others are as at the top
1: t GETACL "Public Folders/$box-mine"
1= * ACL "Public Folders/$box-mine" anyone "" authenticated lrsip12 "DOM\\\\$box" lrswipkxtean0cd
1= t OK *
1: u GETACL "Public Folders/$box-mine/Below"
1= * ACL "Public Folders/$box-mine/Below" anyone "" authenticated lrsip12 "DOM\\\\$box" lrswipkxtean0cd
1= u OK *
1: v GETACL "Public Folders/$box"
1= v NO [NOPERM] *
bourse folder revoke public / $user
1: w CREATE "Public Folders/$box-other"
1= w NO [NOPERM] *
# subscriptions are one's own
1: x SUBSCRIBE "Public Folders/$box/Plans"
1= x OK *
1: y LSUB "" "Public Folders/*"
1= * LSUB () "/" "Public Folders/$box/Plans"
1= y OK *
1: z LIST (SUBSCRIBED) "" "Public Folders/*"
1= * LIST (\Subscribed \HasNoChildren) "/" "Public Folders/$box/Plans"
1= z OK *
1: aa LIST "" "Public Folders/$box/*" RETURN (SUBSCRIBED MYRIGHTS STATUS (MESSAGES))
1& * LIST (\Subscribed \HasNoChildren) "/" "Public Folders/$box/Plans"
1& * STATUS "Public Folders/$box/Plans" (MESSAGES 0)
1& * MYRIGHTS "Public Folders/$box/Plans" lrsip12
1= aa OK *
another bob
logon 2 imap bob
2: a LSUB "" "Public Folders/*"
2= a OK *
2: b LIST "" "Public Folders/$box/*" RETURN (SUBSCRIBED)
2= * LIST (\HasNoChildren) "/" "Public Folders/$box/Plans"
2= b OK *
# what one may not see is not there
bourse folder grant public $box/Plans authenticated --rights=-l
2: c LIST "" "Public Folders/$box/*"
2= c OK *
2: d LIST "" "Public Folders/$box"
2= * LIST (\HasNoChildren) "/" "Public Folders/$box"
2= d OK *
bourse folder grant public $box authenticated --rights=-lr
bourse folder grant public $box/Plans authenticated --rights=+l
2: e LIST "" "Public Folders/$box%"
2? * LIST (\Noselect \NonExistent \HasChildren) "/" "Public Folders/$box"
2* e OK *
2: f SELECT "Public Folders/$box"
2= f NO *no such folder
2: g LIST "" "Public Folders/$box/*"
2= * LIST (\HasNoChildren) "/" "Public Folders/$box/Plans"
2= g OK *
# it is opened only from a mailbox of one's own
connect 3 imap
3= * OK *
3: a LOGIN $user\\public $password
3* a NO *
