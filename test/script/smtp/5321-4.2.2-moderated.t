# RFC 5321 section 4.2.2: 250 for mail to a moderated folder says that it waits; headers that claim an approval are worth nothing
# server: public
another carol
bourse folder create public Mod-smtp
bourse folder address Mod-smtp mod-smtp@example.org
bourse folder grant public Mod-smtp anyone +p
bourse folder moderate public Mod-smtp --by $carol
connect 1 smtp
1* 220 *
1: EHLO client.example.net
1* 250 *
1: MAIL FROM:<stranger@example.net>
1= 250 *
1: RCPT TO:<mod-smtp@example.org>
1= 250 2.1.5 accepted; posts to this folder are held until a moderator approves them
1: RCPT TO:<$address>
1= 250 2.1.5 recipient accepted
1: DATA
1= 354 *
1- Subject: to be held\r\nApproved: $carol\r\nFrom: $carol_address\r\n\r\ntext\r\n.\r\n
1= 250 2.0.0 accepted *; what is for a moderated folder is held until a moderator approves it
1: QUIT
1= 221 *
logon 2 imap
2: a STATUS "Public Folders/Mod-smtp" (MESSAGES)
2= * STATUS "Public Folders/Mod-smtp" (MESSAGES 0)
2= a OK *
2: b SELECT INBOX
2? * 1 EXISTS
2* b OK *
# a moderator who has logged on posts at once; without a logon nobody is a moderator
connect 3 submission
3* 220 *
3: EHLO client.example.net
3* 250 *
3: AUTH PLAIN {b64:\0$carol\0$password}
3= 235 *
3: MAIL FROM:<$carol_address>
3= 250 *
3: RCPT TO:<mod-smtp@example.org>
3= 250 2.1.5 recipient accepted
3: DATA
3= 354 *
3- From: $carol_address\r\nSubject: at once\r\n\r\ntext\r\n.\r\n
3= 250 2.0.0 accepted *
2: c STATUS "Public Folders/Mod-smtp" (MESSAGES)
2= * STATUS "Public Folders/Mod-smtp" (MESSAGES 1)
2= c OK *
connect 4 smtp
4* 220 *
4: EHLO client.example.net
4* 250 *
4: MAIL FROM:<$carol_address>
4= 250 *
4: RCPT TO:<mod-smtp@example.org>
4= 250 2.1.5 accepted; posts to this folder are held *
