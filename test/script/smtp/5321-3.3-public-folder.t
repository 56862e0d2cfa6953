# RFC 5321 section 3.3, RFC 4314 section 2: mail to the address of a public folder is posted there, if the sender has the right p
# server: public
another bob
bourse folder create public $box
bourse folder address $box $box-news@example.org
logon 1 submission
1: MAIL FROM:<$address>
1= 250 *
1: RCPT TO:<$box-news@example.org>
1= 250 *
1: RCPT TO:<$bob_address>
1= 250 *
1: DATA
1= 354 *
1: From: <$address>
1: Subject: to all
1:
1: hello
1: .
1= 250 *
logon 2 imap
2: a SELECT "Public Folders/$box"
2? * 1 EXISTS
2* a OK *
# whoever sent it posted it
2: b STORE 1 +FLAGS.SILENT (\Flagged)
2= b OK *
logon 3 imap bob
3: a SELECT "Public Folders/$box"
3* a OK *
3: b STORE 1 +FLAGS.SILENT (\Flagged)
3= b NO [NOPERM] *
3: c STATUS INBOX (MESSAGES)
3= * STATUS INBOX (MESSAGES 1)
3= c OK *
# strangers are told what is missing, and other recipients get their mail
connect 4 smtp
4= 220 *
4: EHLO client.example
4* 250 *
4: MAIL FROM:<sender@example.net>
4= 250 *
4: RCPT TO:<$box-news@example.org>
4= 550 5.7.1 strangers have not the right "p" *
4: RCPT TO:<$bob_address>
4= 250 *
4: RSET
4= 250 *
bourse folder grant public $box anyone p
mail $box-news@example.org Subject: from outside\r\n\r\n
2: c NOOP
2= * 2 EXISTS
2* c OK *
# what is posted by nobody who is known is nobody's own
2: d STORE 2 +FLAGS.SILENT (\Flagged)
2= d NO [NOPERM] *
bourse folder grant public $box authenticated reviewer
1: MAIL FROM:<$address>
1= 250 *
1: RCPT TO:<$box-news@example.org>
1= 550 5.7.1 you have not the right "p" *
# the folder has its address under another name too; without the folder there is nobody
bourse folder rename public $box $box-other
bourse folder grant public $box-other authenticated author
1: RCPT TO:<$box-news@example.org>
1= 250 *
bourse folder delete public $box-other
1: RCPT TO:<$box-news@example.org>
1= 550 5.1.1 *
bourse folder address $box $box-news@example.org --remove
1: RCPT TO:<$box-news@example.org>
1= 550 5.1.1 *
