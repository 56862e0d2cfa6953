# RFC 5819 section 2, RFC 9051 section 6.3.9.2: LIST with RETURN (STATUS ...), also with the items of RFC 8438 and RFC 8474
mail $address Subject: one\r\n\r\nbody\r\n
mail $address Subject: two\r\n\r\nbody\r\n
logon 1 imap
1: a CAPABILITY
1= * CAPABILITY * LIST-STATUS*
1= a OK *
1: b LIST "" INBOX RETURN (STATUS (MESSAGES UNSEEN))
1= * LIST (\HasNoChildren) "/" INBOX
1= * STATUS INBOX (MESSAGES 2 UNSEEN 2)
1= b OK *
1: c1 CREATE foo/bar
1= c1 OK *
1: c2 CREATE gone/below
1= c2 OK *
1: c3 DELETE gone
1= c3 OK *
# what cannot be opened has no status; each status follows its name
1: d LIST "" (foo gone gone/%) RETURN (STATUS (MESSAGES UIDNEXT DELETED SIZE RECENT) CHILDREN)
1= * LIST (\HasChildren) "/" foo
1= * STATUS foo (MESSAGES 0 RECENT 0 UIDNEXT 1 DELETED 0 SIZE 0)
1= * LIST (\Noselect \HasChildren) "/" gone
1= * LIST (\HasNoChildren) "/" gone/below
1= * STATUS gone/below (MESSAGES 0 RECENT 0 UIDNEXT 1 DELETED 0 SIZE 0)
1= d OK *
# nor has a name that is only subscribed, or one that is told only because of a name below it
1: e1 SUBSCRIBE foo/bar
1= e1 OK *
1: e2 SUBSCRIBE never
1= e2 OK *
1: e3 LIST (SUBSCRIBED RECURSIVEMATCH) "" (foo never INBOX) RETURN (STATUS (MESSAGES))
1& * LIST (\Subscribed \HasNoChildren) "/" INBOX
1& * STATUS INBOX (MESSAGES 2)
1& * LIST (\HasChildren) "/" foo ("CHILDINFO" ("SUBSCRIBED"))
1& * LIST (\NonExistent \Subscribed \HasNoChildren) "/" never
1= e3 OK *
# the same as STATUS says, and RECENT is nobody's yet
1: f1 STATUS INBOX (MESSAGES RECENT UIDNEXT UIDVALIDITY UNSEEN DELETED SIZE)
1= * STATUS INBOX (MESSAGES $messages RECENT $recent UIDNEXT $next UIDVALIDITY $validity UNSEEN $unseen DELETED $deleted SIZE $size)
1= f1 OK *
1: f2 LIST "" INBOX RETURN (STATUS (SIZE DELETED UNSEEN UIDVALIDITY UIDNEXT RECENT MESSAGES))
1= * LIST (\HasNoChildren) "/" INBOX
1= * STATUS INBOX (MESSAGES $messages RECENT $recent UIDNEXT $next UIDVALIDITY $validity UNSEEN $unseen DELETED $deleted SIZE $size)
1= f2 OK *
# of the selected folder too, and it stays selected
1: g1 SELECT INBOX
1* g1 OK *
1: g2 STORE 1 +FLAGS.SILENT (\Deleted \Seen)
1= g2 OK *
1: g3 LIST "" inbox RETURN (STATUS (RECENT UNSEEN DELETED))
1= * LIST (\HasNoChildren) "/" INBOX
1= * STATUS INBOX (RECENT 2 UNSEEN 1 DELETED 1)
1= g3 OK *
1: g4 FETCH 2 UID
1= * 2 FETCH (UID 2)
1= g4 OK *
# what some session has claimed as recent is counted from the messages
1: g5 UNSELECT
1= g5 OK *
mail $address Subject: three\r\n\r\nbody\r\n
1: g6 LIST "" inbox RETURN (STATUS (RECENT MESSAGES))
1= * LIST (\HasNoChildren) "/" INBOX
1= * STATUS INBOX (MESSAGES 3 RECENT 1)
1= g6 OK *
1: h1 LIST "" * RETURN (STATUS)
1= h1 BAD *
1: h2 LIST "" * RETURN (STATUS ())
1= h2 BAD *
1: h3 LIST "" * RETURN (STATUS (XYZZY))
1= h3 BAD *
1: h4 LIST (STATUS (MESSAGES)) "" *
1= h4 BAD *
1: i LOGOUT
1* i OK *
