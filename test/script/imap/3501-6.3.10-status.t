# RFC 3501 section 6.3.10: STATUS of any folder, without touching \Recent
mail $address Subject: one\r\n\r\n
mail $address Subject: two\r\n\r\n
logon 1 imap
1: a STATUS INBOX (MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN)
1= * STATUS INBOX (MESSAGES 2 RECENT 2 UIDNEXT 3 UIDVALIDITY * UNSEEN 2)
1= a OK *
1: b STATUS "inbox" (RECENT)
1= * STATUS INBOX (RECENT 2)
1= b OK *
1: c SELECT INBOX
1* c OK *
1: d FETCH 1 BODY[]
1* d OK *
1: e STATUS INBOX (UNSEEN MESSAGES)
1= * STATUS INBOX (*)
1= e OK *
1: f STATUS none (MESSAGES)
1= f NO [NONEXISTENT] *
1: g STATUS INBOX ()
1= g BAD *
1: h STATUS INBOX
1= h BAD *
1: i STATUS INBOX (XYZZY)
1= i BAD *
1: j STATUS INBOX MESSAGES
1= j BAD *
1: k LOGOUT
1* k OK *
