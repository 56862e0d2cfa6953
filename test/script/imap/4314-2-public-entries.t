# RFC 4314 section 2: entries in lists of public folders: accounts, groups, all who have logged on, anyone; bound to ids
# server: public
another bob
another carol
bourse group add DOM\$bob_box-team --member $carol
bourse folder create public $box
bourse folder grant public $box $user lra
logon 1 imap
1: a GETACL "Public Folders/$box"
1= * ACL "Public Folders/$box" anyone "" authenticated lrsip12 "DOM\\\\$box" lra
1= a OK *
# the more specific entry counts alone
1: b SETACL "Public Folders/$box" $bob l
1= b OK *
logon 2 imap bob
2: a SELECT "Public Folders/$box"
2= a NO [NOPERM] *
2: b MYRIGHTS "Public Folders/$box"
2= * MYRIGHTS "Public Folders/$box" l
2= b OK *
1: c SETACL "Public Folders/$box" $$bob_box-team lrst
1= c OK *
logon 3 imap carol
3: a MYRIGHTS "Public Folders/$box"
3= * MYRIGHTS "Public Folders/$box" lrstd
3= a OK *
# who leaves the group
bourse group member-remove $bob_box-team $carol
3: b MYRIGHTS "Public Folders/$box"
3= * MYRIGHTS "Public Folders/$box" lrsip12
3= b OK *
# what is given to anyone is for all who have no entry; an entry that gives nothing is one
1: d SETACL "Public Folders/$box" anyone lr
1= d OK *
1: e SETACL "Public Folders/$box" authenticated ""
1= e OK *
3: c SELECT "Public Folders/$box"
3= c NO *no such folder
1: f DELETEACL "Public Folders/$box" authenticated
1= f OK *
3: d SELECT "Public Folders/$box"
3* d OK [READ-ONLY] *
1: g SETACL "Public Folders/$box" authenticated lrsip
1= g OK *
# taken away, whoever gives it
1: h SETACL "Public Folders/$box" -authenticated p
1= h OK *
3: e MYRIGHTS "Public Folders/$box"
3= * MYRIGHTS "Public Folders/$box" lrsi
3* e OK *
# who has the name of somebody who is gone has not his rights
1: i SETACL "Public Folders/$box" $carol lrswipkxtea
1= i OK *
3: f LOGOUT
3* f OK *
bourse mailbox remove $carol_box
bourse account remove $carol
1: j GETACL "Public Folders/$box"
1= * ACL "Public Folders/$box" anyone lr authenticated lrsip -authenticated p "*-team" lrstd "DOM\\\\$box" lra "DOM\\\\$bob_box" l
1= j OK *
another carol
logon 4 imap carol
4: a MYRIGHTS "Public Folders/$box"
4= * MYRIGHTS "Public Folders/$box" lrsi
4= a OK *
