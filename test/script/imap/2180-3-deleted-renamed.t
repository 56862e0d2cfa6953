# RFC 2180 sections 3.2 and 3.4: a folder that others have selected is deleted, or has another name
logon 1 imap
logon 2 imap
1: a CREATE foo
1= a OK *
1: b APPEND foo {lit:Subject: one\r\n\r\n1}
1= b OK *
1: c APPEND foo {lit:Subject: two\r\n\r\n2}
1= c OK *
2: a SELECT foo
2* a OK *
# another name: whoever has it selected goes on
1: d RENAME foo bar
1= d OK *
2: b FETCH 1:2 (UID)
2= * 1 FETCH (UID 1)
2= * 2 FETCH (UID 2)
2= b OK *
2: c STORE 1 +FLAGS.SILENT (\Seen)
2= c OK *
2: d APPEND foo {lit:x}
2= d NO [TRYCREATE] *
2: e STATUS bar (MESSAGES UNSEEN)
2= * STATUS bar (MESSAGES 2 UNSEEN 1)
2= e OK *
# deleted: it cannot be opened any more, and its name is free at once
1: e DELETE bar
1= e OK *
1: f STATUS bar (MESSAGES)
1= f NO [NONEXISTENT] *
2: f FETCH 2 (UID)
2= * 2 FETCH (UID 2)
2= f OK *
2: g STORE 1 +FLAGS (\Flagged)
2= g NO [EXPUNGEISSUED] *
# RFC 3501 section 6.4.7: TRYCREATE is about the target, which is there
2: g2 COPY 1 INBOX
2* g2 NO [EXPUNGEISSUED] *
2: g3 UID MOVE 1 INBOX
2= g3 NO [EXPUNGEISSUED] *
1: g CREATE bar
1= g OK *
2: h NOOP
2= h OK *
2: i SELECT bar
2? * 0 EXISTS
2* i OK *
