# RFC 3977 sections 6.2.1, 6.2.2, 6.2.3, 6.2.4: ARTICLE, HEAD, BODY and STAT
# server: public
bourse folder create public $box/Plans
bourse folder create public $box/More
logon 1 nntp
logon 2 imap
1: ARTICLE
1= 412 *
1: HEAD 1
1= 412 *
1- POST\r\nFrom: a@example.org\r\nNewsgroups: $box.Plans,$box.More\r\nSubject: dots\r\nDate: Fri, 21 Nov 1997 09:55:06 -0600\r\nMessage-ID: <a1.$box@example.org>\r\n\r\n..\r\n...two\r\nlast\r\n.\r\n
1= 340 *
1= 240 *
# by message-id, before any group is selected: the number is 0
1: STAT <a1.$box@example.org>
1= 223 0 <a1.$box@example.org>
1: STAT <nothing.$box@example.org>
1= 430 no article with that message-id ## ERR_NOTFOUND
1: STAT 1 2
1= 501 *
1: GROUP $box.More
1= 211 1 1 1 $box.More
1: ARTICLE
1= 220 1 <a1.$box@example.org>
1= Newsgroups: $box.More,$box.Plans
1= Xref: * $box.More:1 $box.Plans:1
1= Path: *!.POSTED!not-for-mail
1= Injection-Info: *; posting-account="*"
1= From: a@example.org
1= Subject: dots
1= Date: Fri, 21 Nov 1997 09:55:06 -0600
1= Message-ID: <a1.$box@example.org>
1= 
1= ..
1= ...two
1= last
1= .
1: BODY <a1.$box@example.org>
1= 222 1 <a1.$box@example.org>
1= ..
1= ...two
1= last
1= .
1: HEAD 2
1= 423 no article with that number ## ERR_NOMESSAGE
# mail lacks what news needs: it is added for the reader, the message stays as it is
2: a APPEND "Public Folders/$box/Plans" "12-Dec-2003 01:02:03 +0000" {lit:To: list@example.org\r\nNewsgroups: elsewhere\r\nXref: elsewhere x:1\r\n\r\nHi}
2= a OK *
1: GROUP $box.Plans
1= 211 2 1 2 $box.Plans
1: ARTICLE 2
1= 220 2 <2.$id>
1= Path: *!not-for-mail
1= Newsgroups: $box.Plans
1= From: nobody@invalid
1= Subject: (none)
1= Date: Fri, 12 Dec 2003 01:02:03 +0000
1= Message-ID: <2.$id>
1= Xref: * $box.Plans:2
1= To: list@example.org
1= 
1= Hi
1= .
1: STAT <2.$id>
1= 223 2 <2.$id>
# a number makes an article the current one, a message-id does not
1: STAT 1
1= 223 1 *
1: STAT <2.$id>
1= 223 2 *
1: BODY
1= 222 1 *
1* .
# copies are one article in several groups
2: b SELECT "Public Folders/$box/Plans"
2* b OK *
2: c COPY 1 "Public Folders/$box"
2= c OK *
1: HEAD <a1.$box@example.org>
1= 221 1 *
1= Newsgroups: $box.Plans,$box,$box.More
1* .
# nothing that is read here becomes seen
2: d SEARCH SEEN
2= * SEARCH
2= d OK *
