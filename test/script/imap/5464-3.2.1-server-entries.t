# RFC 5464 section 3.2.1.1: /shared/comment and /shared/admin of the server are the administrator's
# server: small
logon 1 imap
1: a GETMETADATA "" (/shared/comment /shared/admin)
1= * METADATA "" (/shared/comment "a small server" /shared/admin "mailto:postmaster@example.org")
1= a OK *
1: b GETMETADATA (DEPTH 1) "" /shared
1= * METADATA "" (/shared/comment "a small server" /shared/admin "mailto:postmaster@example.org")
1= b OK *
1: c SETMETADATA "" (/shared/admin "tel:+1")
1= c NO [NOPERM] *
1: d GETMETADATA INBOX /shared/admin
1= * METADATA INBOX (/shared/admin NIL)
1= d OK *
1: e LOGOUT
1* e OK *
