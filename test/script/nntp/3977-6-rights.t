# RFC 3977 sections 6.1.1, 6.3.1, 5.3: what a list of a folder gives counts with the next command; strangers see what theirs gives
# server: newsstand
bourse folder create public $box/Open
bourse folder create public $box/Closed
bourse folder grant public $box/Open anyone lr
logon 1 nntp
connect 2 nntp
2= 201 *
2: GROUP $box.Closed
2= 411 *
2: GROUP $box.Open
2= 211 0 1 0 $box.Open
2: LIST ACTIVE $box*
2= 215 *
2= $box.Open 0 1 n
2= .
2: MODE READER
2= 201 *
2: POST
2= 480 log on first ## ERR_NEEDAUTH
1- POST\r\nFrom: a@example.org\r\nNewsgroups: $box.Open,$box.Closed\r\nSubject: x\r\nMessage-ID: <r1.$box@example.org>\r\n\r\nx\r\n.\r\n
1= 340 *
1= 240 *
# of the other group he learns nothing
2: HEAD <r1.$box@example.org>
2= 221 1 <r1.$box@example.org>
2= Newsgroups: $box.Open
2= Xref: * $box.Open:1
2* .
1: HEAD <r1.$box@example.org>
1= 221 0 *
1= Newsgroups: $box.Open,$box.Closed
1* .
2: GROUP $box.Open
2= 211 1 1 1 $box.Open
# an AUTHINFO goes to the front and back: he is still where he was
2: AUTHINFO USER nobody-here
2= 381 *
2: AUTHINFO PASS wrong
2= 481 *
2: STAT
2= 223 1 <r1.$box@example.org>
bourse folder grant public $box/Open anyone lri
2- POST\r\nFrom: a@example.org\r\nNewsgroups: $box.Open\r\nSubject: x\r\nMessage-ID: <r2.$box@example.org>\r\n\r\nx\r\n.\r\n
2= 340 *
2= 240 *
2: HDR Injection-Info 2
2= 225 *
2= 2 *
2= .
bourse folder grant public $box/Open anyone --rights=-lr
2: STAT
2= 412 *
2: STAT <r1.$box@example.org>
2= 430 *
2: GROUP $box.Open
2= 411 *
# a folder that is renamed is another group, one that is deleted is none
1: GROUP $box.Open
1= 211 2 1 2 $box.Open
bourse folder rename public $box/Open $box/Opened
1: STAT
1= 223 1 *
1: GROUP $box.Open
1= 411 *
1: GROUP $box.Opened
1= 211 2 1 2 $box.Opened
bourse folder delete public $box/Opened
1: STAT
1= 412 *
