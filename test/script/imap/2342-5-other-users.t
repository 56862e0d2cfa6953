# RFC 2342 section 5, RFC 4314 section 4: mailboxes of others, under "Other Users/"
another bob
another carol
bourse mailbox grant $bob_box $user --rights full
bourse mailbox grant $carol_box $user --rights read
logon 1 imap
1: a NAMESPACE
1= * NAMESPACE (("" "/")) (("Other Users/" "/")) NIL
1= a OK *
1: b LIST "" "%"
1? * LIST (\Noselect \NonExistent \HasChildren) "/" "Other Users"
1= b OK *
1: c LIST "Other Users/" "%"
1& * LIST (\HasChildren) "/" "Other Users/$bob_box"
1& * LIST (\HasChildren) "/" "Other Users/$carol_box"
1= c OK *
1: d LIST "" "Other Users/$bob_box/*"
1& * LIST (\HasNoChildren) "/" "Other Users/$bob_box/Archive"
1& * LIST (\HasNoChildren) "/" "Other Users/$bob_box/Drafts"
1& * LIST (\HasNoChildren) "/" "Other Users/$bob_box/Junk"
1& * LIST (\HasNoChildren) "/" "Other Users/$bob_box/Sent"
1& * LIST (\HasNoChildren) "/" "Other Users/$bob_box/Trash"
1= d OK *
1: e LIST "" "Archive"
1= * LIST (\HasNoChildren \Archive) "/" Archive
1= e OK *
# the inbox, and what is in it
mail $bob_address Subject: for bob\r\n\r\nhello\r\n
1: f STATUS "Other Users/$bob_box" (MESSAGES UNSEEN)
1= * STATUS "Other Users/$bob_box" (MESSAGES 1 UNSEEN 1)
1= f OK *
1: g SELECT "Other Users/$bob_box"
1? * 1 EXISTS
1* g OK [READ-WRITE] *
1: h FETCH 1 BODY.PEEK[HEADER.FIELDS (SUBJECT)]
1= * 1 FETCH (BODY[HEADER.FIELDS (SUBJECT)] *
1= Subject: for bob
1=
1= )
1= h OK *
1: i STORE 1 +FLAGS (\Seen \Flagged)
1= * 1 FETCH (FLAGS (\Flagged \Seen*))
1= i OK *
1: j SEARCH SUBJECT bob
1= * SEARCH 1
1= j OK *
1: k ESEARCH RETURN (ALL) SUBJECT bob
1= * ESEARCH * "Other Users/$bob_box" *
1= k OK *
# the owner sees it, and both hear of each other
logon 2 imap bob
2: a SELECT INBOX
2* a OK *
2: b FETCH 1 FLAGS
2= * 1 FETCH (FLAGS (\Flagged \Seen*
2= b OK *
1: l IDLE
1= + *
mail $bob_address Subject: another\r\n\r\n
1= * 2 EXISTS
1= * * RECENT
1: DONE
1= l OK *
# a folder of theirs in another session, made, filled, renamed, removed
1: m CREATE "Other Users/$bob_box/Work/Plans"
1= m OK *
2: c LIST "" "Work/%"
2? * LIST (\HasNoChildren) "/" Work/Plans
2* c OK *
1: n APPEND "Other Users/$bob_box/Work/Plans" (\Seen) {lit:Subject: plan\r\n\r\nx}
1= n OK [APPENDUID *
1: o RENAME "Other Users/$bob_box/Work/Plans" "Other Users/$bob_box/Done"
1= o OK *
1: p RENAME "Other Users/$bob_box/Done" Done
1= p NO [CANNOT] *   ## ERR_UNSUPPORTED
1: q DELETE "Other Users/$bob_box/Done"
1= q OK *
1: r DELETE "Other Users/$bob_box/Work"
1= r OK *
# who may only read
1: s SELECT "Other Users/$carol_box"
1? * OK [PERMANENTFLAGS ()] *
1* s OK [READ-ONLY] *
1: t APPEND "Other Users/$carol_box" {lit:Subject: no\r\n\r\n}
1= t NO [NOPERM] *
1: u CREATE "Other Users/$carol_box/Mine"
1= u NO [NOPERM] *
1: v MYRIGHTS "Other Users/$carol_box"
1= * MYRIGHTS "Other Users/$carol_box" lr
1= v OK *
# nobody, and the namespace itself
1: w SELECT "Other Users/nobody"
1* w NO *no such folder
1: x SELECT "Other Users"
1= x NO *no such folder
1: y CREATE "Other Users/nobody/box"
1= y NO *
1: z CREATE "Other Users"
1= z NO *
1: aa GETQUOTAROOT "Other Users/$bob_box"
1= * QUOTAROOT "Other Users/$bob_box"
1= aa OK *
# what is taken back is gone at once
1: ab SELECT "Other Users/$bob_box"
1* ab OK *
bourse mailbox revoke $bob_box $user
1: ac NOOP
1* * BYE *
