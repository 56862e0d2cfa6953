# RFC 3501 section 6, with RFCs 2177, 2342, 2971, 4314, 4978, 5161, 5258, 6851, 9208 and 6855: what Thunderbird 153.7 says, as recorded by
# test/client/test_clients_thunderbird.py. Three connections: one looks around, one has INBOX, one Trash.
mail $address From: a@example.net\r\nSubject: m 0\r\n\r\nhello\r\n
mail $address From: a@example.net\r\nSubject: m 1\r\n\r\nhello\r\n
mail $address From: a@example.net\r\nSubject: m 2\r\n\r\nhello\r\n
connect 1 imap
1= * OK [CAPABILITY IMAP4rev1 *] *
connect 2 imap
2= * OK [CAPABILITY IMAP4rev1 *] *
1: 40 authenticate PLAIN
1= + *
1: {b64:\0$user\0$password}
1= 40 OK [CAPABILITY IMAP4rev1 *] *
1: 41 namespace
1= * NAMESPACE ((*
1= 41 OK *
1: 42 COMPRESS DEFLATE
1= 42 OK *
1%
1: 43 ID ("name" "Thunderbird" "version" "153.7.0")
1= * ID ("name" "Bourse"*)
1= 43 OK *
2: 83 authenticate PLAIN
2= + *
2: {b64:\0$user\0$password}
2= 83 OK [CAPABILITY IMAP4rev1 *] *
1: 44 ENABLE UTF8=ACCEPT
1= * ENABLED UTF8=ACCEPT
1= 44 OK *
1: 45 list (subscribed) "" "*" return (special-use)
1? * LIST (\Subscribed *\Drafts*) "/" Drafts
1? * LIST (\Subscribed *) "/" INBOX
1? * LIST (\Subscribed *\Trash*) "/" Trash
1* 45 OK *
1: 46 list "" "INBOX"
1= * LIST (*) "/" INBOX
1= 46 OK *
1: 47 myrights "Archive"
1= * MYRIGHTS Archive *
1= 47 OK *
2: 84 COMPRESS DEFLATE
2= 84 OK *
2%
2: 85 ID ("name" "Thunderbird" "version" "153.7.0")
2= * ID (*)
2= 85 OK *
2: 86 ENABLE UTF8=ACCEPT
2= * ENABLED UTF8=ACCEPT
2= 86 OK *
2: 87 select "INBOX"
2? * FLAGS (*)
2? * 3 EXISTS
2? * OK [UIDVALIDITY *
2? * OK [UIDNEXT 4] *
2* 87 OK [READ-WRITE] *
2: 88 myrights "INBOX"
2= * MYRIGHTS INBOX *
2= 88 OK *
2: 89 getacl "INBOX"
2= * ACL INBOX *
2= 89 OK *
2: 90 getquotaroot "INBOX"
2= * QUOTAROOT INBOX *
2= * QUOTA *
2= 90 OK *
2: 91 UID fetch 1:* (FLAGS)
2= * 1 FETCH (UID 1 FLAGS (*))
2= * 2 FETCH (UID 2 FLAGS (*))
2= * 3 FETCH (UID 3 FLAGS (*))
2= 91 OK *
2: 92 UID fetch 1:3 (UID RFC822.SIZE FLAGS BODY.PEEK[HEADER.FIELDS (From To Cc Bcc Subject Date Message-ID Priority X-Priority References Newsgroups In-Reply-To Content-Type Reply-To Received)])
2? * 1 FETCH (UID 1 *BODY[HEADER.FIELDS (From To Cc Bcc Subject Date Message-ID Priority X-Priority References Newsgroups In-Reply-To Content-Type Reply-To Received)] {*}
2? Subject: m 0
2? * 2 FETCH (*
2? Subject: m 1
2? * 3 FETCH (*
2? Subject: m 2
2* 92 OK *
2: 93 UID fetch 1:3 (UID RFC822.SIZE BODY.PEEK[])
2? * 1 FETCH (UID 1 RFC822.SIZE * BODY[] {*}
2? hello
2? )
2? * 3 FETCH (UID 3 *
2? hello
2? )
2* 93 OK *
2: 94 UID fetch 1 (UID BODY.PEEK[HEADER.FIELDS (Content-Type Content-Transfer-Encoding)] BODY.PEEK[TEXT]<0.2048>)
2= * 1 FETCH (UID 1 BODY[HEADER.FIELDS (Content-Type Content-Transfer-Encoding)] {2}
2= 
2=  BODY[TEXT]<0> {7}
2= hello
2= )
2= 94 OK *
2: 95 IDLE
2= + *
mail $address From: a@example.net\r\nSubject: later\r\n\r\nhello\r\n
2= * 4 EXISTS
2: DONE
2* 95 OK *
2: 96 noop
2= 96 OK *
2: 98 UID fetch 4:* (FLAGS)
2= * 4 FETCH (UID 4 FLAGS (*))
2= 98 OK *
2: 103 uid store 1 +Flags (\Flagged)
2= * 1 FETCH (UID 1 FLAGS (\Flagged*))
2= 103 OK *
2: 104 uid store 2 +Flags (\Seen)
2= * 2 FETCH (UID 2 FLAGS (\Seen*))
2= 104 OK *
2: 105 uid store 1 +FLAGS ($label1)
2? * 1 FETCH (UID 1 FLAGS (*label1*))
2= 105 OK *
2: 107 uid move 3 "Trash"
2= * OK [COPYUID * 3 1] *
2= * 3 EXPUNGE
2= 107 OK *
connect 3 imap
3= * OK *
3: 37 authenticate PLAIN
3= + *
3: {b64:\0$user\0$password}
3= 37 OK *
3: 40 ENABLE UTF8=ACCEPT
3= * ENABLED UTF8=ACCEPT
3= 40 OK *
3: 41 select "Trash"
3? * 1 EXISTS
3* 41 OK [READ-WRITE] *
3: 43 UID fetch 1:* (FLAGS)
3= * 1 FETCH (UID 1 FLAGS (*))
3= 43 OK *
2: 108 IDLE
2= + *
1: 54 STATUS "Archive" (UIDNEXT MESSAGES UNSEEN RECENT)
1= * STATUS Archive (*MESSAGES 0*)
1= 54 OK *
1: 55 close
1= 55 BAD *
2: DONE
2= 108 OK *
2: 109 close
2= 109 OK *
2: 110 logout
2= * BYE *
2= 110 OK *
2!
