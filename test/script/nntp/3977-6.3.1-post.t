# RFC 3977 section 6.3.1, RFC 5537 section 3.5: POST
# server: public
bourse folder create public $box/Plans
bourse folder create public $box/Closed
bourse folder create public $box/Secret
bourse folder grant public $box/Closed authenticated lr
bourse folder grant public $box/Secret authenticated --rights=-lr
logon 1 nntp
1: POST now
1= 501 *
# what is missing is added
1- POST\r\nFrom: a@example.org\r\nNewsgroups: $box.Plans\r\nSubject: new\r\n\r\nx\r\n.\r\n
1= 340 *
1= 240 article received <$id>
1: HEAD <$id>
1= 221 0 <$id>
1= Newsgroups: $box.Plans
1= Xref: *
1= Path: *!.POSTED!not-for-mail
1= Message-ID: <$id>
1= Date: *
1= Injection-Date: *
1= Injection-Info: *
1= From: a@example.org
1= Subject: new
1= .
# every refusal says why, and what follows is a command again
1- POST\r\n.\r\nDATE\r\n
1= 340 *
1= 441 the article is empty
1= 111 *
1- POST\r\nSubject: x\r\nNewsgroups: $box.Plans\r\n\r\nx\r\n.\r\n
1= 340 *
1= 441 From is missing
1- POST\r\nFrom: Anna\r\nSubject: x\r\nNewsgroups: $box.Plans\r\n\r\nx\r\n.\r\n
1= 340 *
1= 441 From holds no address, or one without a domain
1- POST\r\nFrom: a@example.org\r\nNewsgroups: $box.Plans\r\n\r\nx\r\n.\r\n
1= 340 *
1= 441 Subject is missing
1- POST\r\nFrom: a@example.org\r\nSubject: x\r\n\r\nx\r\n.\r\n
1= 340 *
1= 441 Newsgroups is missing
1- POST\r\nFrom: a@example.org\r\nSubject: x\r\nNewsgroups: $box.Plans,$box.Nothing\r\n\r\nx\r\n.\r\n
1= 340 *
1= 441 no such newsgroup: $box.Nothing
1- POST\r\nFrom: a@example.org\r\nSubject: x\r\nNewsgroups: $box.Secret\r\n\r\nx\r\n.\r\n
1= 340 *
1= 441 no such newsgroup: $box.Secret
1- POST\r\nFrom: a@example.org\r\nSubject: x\r\nNewsgroups: $box.Closed\r\n\r\nx\r\n.\r\n
1= 340 *
1= 441 you may not post to $box.Closed
1- POST\r\nFrom: a@example.org\r\nSubject: x\r\nNewsgroups: $box.Plans\r\nControl: cancel <$id>\r\n\r\nx\r\n.\r\n
1= 340 *
1= 441 control messages are not taken
1- POST\r\nFrom: a@example.org\r\nSubject: x\r\nNewsgroups: $box.Plans\r\nSupersedes: <$id>\r\n\r\nx\r\n.\r\n
1= 340 *
1= 441 articles that replace others are not taken; *
1- POST\r\nFrom: a@example.org\r\nSubject: x\r\nNewsgroups: $box.Plans\r\nApproved: me\r\n\r\nx\r\n.\r\n
1= 340 *
1= 441 you may not approve articles for $box.Plans
1- POST\r\nFrom: a@example.org\r\nSubject: x\r\nNewsgroups: $box.Plans\r\nInjection-Info: other.example\r\n\r\nx\r\n.\r\n
1= 340 *
1= 441 the article was posted elsewhere already: *
1- POST\r\nFrom: a@example.org\r\nSubject: x\r\nNewsgroups: $box.Plans\r\nMessage-ID: <$id>\r\n\r\nx\r\n.\r\n
1= 340 *
1= 441 an article with that Message-ID is there already
1- POST\r\nFrom: a@example.org\r\nSubject: x\r\nNewsgroups: $box.Plans\r\nMessage-ID: none\r\n\r\nx\r\n.\r\n
1= 340 *
1= 441 Message-ID is none that can name an article
1- POST\r\nFrom: a@example.org\r\nSubject: x\r\nNewsgroups: $box.Plans\r\nX: \xff\r\n\r\nx\r\n.\r\n
1= 340 *
1= 441 a field holds controls, or octets that are not UTF-8
# line ends are CRLF, and nothing else ends an article
1- POST\r\nFrom: a@example.org\r\nSubject: x\r\nNewsgroups: $box.Plans\r\n\r\nx\n.\nQUIT\r\n.\r\nDATE\r\n
1= 340 *
1= 441 lines must end in CRLF, *
1= 111 *
1- POST\r\nFrom: a@example.org\r\nSubject: x\r\nNewsgroups: $box.Plans\r\n\r\n\0\r\n.\r\n
1= 340 *
1= 441 lines must end in CRLF, *
# the body is taken as it is
1- POST\r\nFrom: a@example.org\r\nSubject: 8bit\r\nNewsgroups: $box.Plans\r\n\r\n\xff\xfe\r\n..\r\n\r\n.\r\n
1= 340 *
1= 240 article received <$eight>
1: BODY <$eight>
1= 222 0 <$eight>
1= *
1= ..
1= 
1= .
# who loses the connection has posted nothing
connect 2 nntp
2= 20* *
2: AUTHINFO USER $user
2= 381 *
2: AUTHINFO PASS $password
2= 281 *
2- POST\r\nFrom: a@example.org\r\nSubject: half\r\nNewsgroups: $box.Plans\r\n\r\nx\r\n
2= 340 *
2.
1: GROUP $box.Plans
1= 211 2 1 2 $box.Plans
# what one posted oneself one may delete by IMAP: the poster is known
logon 3 imap
3: a SELECT "Public Folders/$box/Plans"
3* a OK *
3: b STORE 1 +FLAGS.SILENT (\Deleted)
3= b OK *
3: c EXPUNGE
3* c OK *
1: STAT <$id>
1= 430 *
# nobody can post anywhere: 440
1: MODE READER
1= 200 *
