# RFC 6409 sections 4.3 and 6.1: an account sends as itself, as what it was granted, or as nobody
another shared
logon 1 submission
1: MAIL FROM:<$address>
1= 250 2.1.0 *
1: RSET
1= 250 2.0.0 *
1: MAIL FROM:<$box@EXAMPLE.ORG>
1= 250 2.1.0 *
1: RSET
1= 250 2.0.0 *
1: MAIL FROM:<>
1= 250 2.1.0 *
1: RSET
1= 250 2.0.0 *
1: MAIL FROM:<$shared_address>
1= 553 5.7.1 *
1: MAIL FROM:<somebody@example.com>
1= 553 5.7.1 *
1: MAIL FROM:<$box@[127.0.0.1]>
1= 5* 5.*
1: MAIL FROM:<$box@example.com>
1= 553 5.7.1 *
bourse mailbox grant $shared_box $user
1: MAIL FROM:<$shared_address>
1= 250 2.1.0 *
1: RSET
1= 250 2.0.0 *
bourse mailbox revoke $shared_box $user
1: MAIL FROM:<$shared_address>
1= 553 5.7.1 *
# this server sends nothing outside
1: MAIL FROM:<$address>
1= 250 2.1.0 *
1: RCPT TO:<somebody@example.com>
1= 550 5.7.1 *
1: QUIT
1= 221 2.0.0 *
