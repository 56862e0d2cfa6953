# RFC 4314 section 4: what is put into a moderated folder by who is no moderator waits, unseen, until a moderator moves it there
# server: public
another bob
another carol
bourse folder create public Mod-a
bourse folder moderate public Mod-a --by $carol
logon 1 imap
logon 2 imap bob
logon 3 imap carol
1: a APPEND "Public Folders/Mod-a" (\Seen) {lit:Subject: waits\r\nApproved: $carol\r\nX-Moderator: $carol\r\n\r\ntext}
1= a OK held until a moderator approves it
2: a STATUS "Public Folders/Mod-a" (MESSAGES)
2= * STATUS "Public Folders/Mod-a" (MESSAGES 0)
2= a OK *
# nobody but moderators sees where it waits, its poster neither
2: b LIST "" "Public Folders/Mod-a*"
2= * LIST (\HasNoChildren*) "/" "Public Folders/Mod-a"
2= b OK *
1: b SELECT "Public Folders/Mod-a/Held for approval"
1= b NO *
1: c STATUS "Public Folders/Mod-a/Held for approval" (MESSAGES)
1= c NO *
1: d APPEND "Public Folders/Mod-a/Held for approval" {lit:Subject: beside\r\n\r\n}
1= d NO *
# COPY and MOVE are posts as well
2: c APPEND INBOX {lit:Subject: copied\r\n\r\n}
2= c OK *
2: d APPEND INBOX {lit:Subject: moved\r\n\r\n}
2= d OK *
2: e SELECT INBOX
2* e OK *
2: f COPY 1 "Public Folders/Mod-a"
2= f OK held until a moderator approves it
2: g MOVE 2 "Public Folders/Mod-a"
2= * 2 EXPUNGE
2= g OK held until a moderator approves it
2: h STATUS "Public Folders/Mod-a" (MESSAGES)
2= * STATUS "Public Folders/Mod-a" (MESSAGES 0)
2= h OK *
# a moderator sees them, reads them, and moves one
3: a SELECT "Public Folders/Mod-a/Held for approval"
3? * 3 EXISTS
3* a OK [READ-WRITE] *
3: b FETCH 1:3 (BODY.PEEK[HEADER.FIELDS (SUBJECT)])
3? Subject: waits
3? Subject: copied
3? Subject: moved
3* b OK *
3: c MOVE 1 "Public Folders/Mod-a"
3= * OK [COPYUID *
3= * 1 EXPUNGE
3= c OK *
2: i SELECT "Public Folders/Mod-a"
2? * 1 EXISTS
2* i OK *
# it is its poster's still: he may delete it, and another may not
2: j STORE 1 +FLAGS (\Deleted)
2= j NO [NOPERM] *
1: e SELECT "Public Folders/Mod-a"
1* e OK *
1: f STORE 1 +FLAGS (\Deleted)
1= * 1 FETCH (FLAGS (*\Deleted*
1= f OK *
# what a moderator posts appears at once; what he copies out of it is his post
3: d APPEND "Public Folders/Mod-a" {lit:Subject: the moderator's\r\n\r\n}
3= d OK [APPENDUID *
# to reject is to delete
3: e STORE 2 +FLAGS.SILENT (\Deleted)
3= e OK *
3: f EXPUNGE
3= * 2 EXPUNGE
3= f OK *
# REPLACE of one's own: the new one waits, the old one is gone
1: g REPLACE 1 "Public Folders/Mod-a" {lit:Subject: better\r\n\r\n}
1? g OK held until a moderator approves it
3: g NOOP
3? * 2 EXISTS
3* g OK *
# the folder in which posts wait cannot be deleted under them, nor is moderation left while some do
bourse folder grant public "Mod-a/Held for approval" $carol +xa
3: h UNSELECT
3= h OK *
3: i DELETE "Public Folders/Mod-a/Held for approval"
3= i NO [CANNOT] *
# who is a moderator no longer posts as all others do, with the next command
bourse folder revoke public "Mod-a/Held for approval" $carol
3: j APPEND "Public Folders/Mod-a" {lit:Subject: once a moderator\r\n\r\n}
3= j OK held until a moderator approves it
3: k SELECT "Public Folders/Mod-a/Held for approval"
3= k NO *
