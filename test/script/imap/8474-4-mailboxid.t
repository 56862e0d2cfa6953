# RFC 8474 section 4: MAILBOXID in answer to CREATE, SELECT, EXAMINE and STATUS
logon 1 imap
1: a CREATE foo
1= a OK [MAILBOXID ($foo)] *
1: b CREATE bar
1= b OK [MAILBOXID ($bar)] *
1: c CREATE foo
1= c NO [ALREADYEXISTS] *
1: d SELECT foo
1? * OK [MAILBOXID ($foo)] *
1* d OK [READ-WRITE] *
1: e EXAMINE bar
1? * OK [MAILBOXID ($bar)] *
1* e OK [READ-ONLY] *
1: f STATUS foo (mailboxid)
1= * STATUS foo (MAILBOXID ($foo))
1= f OK *
# a folder keeps its id under another name, and no other one has it
1: g RENAME foo renamed
1= g OK *
1: h STATUS renamed (MAILBOXID)
1= * STATUS renamed (MAILBOXID ($foo))
1= h OK *
1: i CREATE foo
1= i OK [MAILBOXID ($again)] *
1: j STATUS foo (MESSAGES MAILBOXID)
1= * STATUS foo (MESSAGES 0 MAILBOXID ($again))
1= j OK *
1: k LIST "" (foo renamed bar) RETURN (STATUS (MAILBOXID))
1= * LIST (\HasNoChildren) "/" bar
1= * STATUS bar (MAILBOXID ($bar))
1= * LIST (\HasNoChildren) "/" foo
1= * STATUS foo (MAILBOXID ($again))
1= * LIST (\HasNoChildren) "/" renamed
1= * STATUS renamed (MAILBOXID ($foo))
1= k OK *
1: q LOGOUT
1* q OK *
