# RFC 3501 sections 3.1, 7.1.1 and 7.2.1: greeting with capabilities; the tag comes back
connect 1 imap
1= * OK [CAPABILITY IMAP4rev1 *] *
1: abc.1 NOOP
1= abc.1 OK *
1: +bad NOOP
1= * BAD *
1: a1
1= * BAD *
1: 
1= * BAD *
1: a2 LOGOUT
1= * BYE *
1= a2 OK *
1!
