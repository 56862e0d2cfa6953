# RFC 5465 section 7: RETURN (UPDATE (...)): new messages that come to the results are fetched as well
mail $address From: boss@example.net\r\nSubject: one\r\n\r\n1\r\n
logon 1 imap
logon 2 imap
1: a SELECT INBOX
1* a OK *
1: b UID SEARCH RETURN (COUNT UPDATE (UID BODY.PEEK[HEADER.FIELDS (Subject)])) FROM "boss"
1= * ESEARCH (TAG "b") UID COUNT 1
1= b OK *
mail $address From: boss@example.net\r\nSubject: two\r\n\r\n2\r\n
mail $address From: other@example.net\r\nSubject: three\r\n\r\n3\r\n
1: c IDLE
1= + *
1= * 3 EXISTS
1= * 3 RECENT
1= * ESEARCH (TAG "b") UID ADDTO (0 2)
1= * 2 FETCH (UID 2 BODY[HEADER.FIELDS (Subject)] {16}
1= Subject: two
1= 
1= )
mail $address From: boss@example.net\r\nSubject: four\r\n\r\n4\r\n
1= * 4 EXISTS
1= * 4 RECENT
1= * ESEARCH (TAG "b") UID ADDTO (0 4)
1= * 4 FETCH (UID 4 BODY[HEADER.FIELDS (Subject)] {17}
1= Subject: four
1= 
1= )
1: DONE
1= c OK *
# not of what comes to it by its flags
1: d SEARCH RETURN (UPDATE (FLAGS)) FLAGGED
1= * ESEARCH (TAG "d")*
1= d OK *
2: a SELECT INBOX
2* a OK *
2: b STORE 3 +FLAGS.SILENT (\Flagged)
2= b OK *
1: e NOOP
1= * 3 FETCH (FLAGS (\Flagged*))
1= * ESEARCH (TAG "d") ADDTO (0 3)
1= e OK *
1: f NOOP
1= f OK *
1: g SEARCH RETURN (UPDATE ()) ALL
1= g BAD *
