# RFC 3977 sections 7.3, 7.4, 7.6.1, 7.6.3, 7.6.4, 7.6.5, 7.6.6, 8.4, 8.6, RFC 2980 section 2.1.8: LIST, NEWGROUPS and NEWNEWS
# server: public
bourse folder create public $box/Plans
bourse folder create public $box/Read
bourse folder create public $box/Secret
bourse folder grant public $box/Read authenticated lr
bourse folder grant public $box/Secret authenticated --rights=-lr
logon 1 nntp
1- POST\r\nFrom: a@example.org\r\nNewsgroups: $box.Plans\r\nSubject: new\r\nMessage-ID: <l1.$box@example.org>\r\n\r\nx\r\n.\r\n
1= 340 *
1= 240 *
1: LIST ACTIVE $box*
1= 215 *
1= $box 0 1 y
1= $box.Plans 1 1 y
1= $box.Read 0 1 n
1= .
1: LIST ACTIVE $box.*,!*.Plans
1= 215 *
1= $box.Read 0 1 n
1= .
1: LIST ACTIVE $box.Secret
1= 215 *
1= .
1: LIST
1= 215 *
1? $box.Plans 1 1 y
1* .
1: LIST ACTIVE.TIMES $box.Plans
1= 215 *
1= $box.Plans * postmaster@*
1= .
1: LIST NEWSGROUPS $box.*
1= 215 *
1= $box.Plans\t$box/Plans
1= $box.Read\t$box/Read
1= .
# the folder's comment describes it
bourse folder grant public $box/Plans $user lrswipkxtea
logon 2 imap
2: a SETMETADATA "Public Folders/$box/Plans" (/shared/comment "What we plan")
2= a OK *
1: LIST NEWSGROUPS $box.Plans
1= 215 *
1= $box.Plans\tWhat we plan
1= .
1: LIST SUBSCRIPTIONS $box.Plans
1= 215 *
1= $box.Plans
1= .
1: LIST OVERVIEW.FMT
1= 215 *
1= Subject:
1= From:
1= Date:
1= Message-ID:
1= References:
1= :bytes
1= :lines
1= Xref:full
1= .
1: LIST HEADERS
1= 215 *
1= :
1= :bytes
1= :lines
1= .
1: LIST HEADERS RANGE
1= 215 *
1* .
1: LIST DISTRIB.PATS
1= 503 *
1: LIST NOTHING
1= 501 *
1: NEWGROUPS 19700101 000000 GMT
1= 231 *
1? $box.Plans 1 1 y
1* .
1: NEWGROUPS 20991231 235959 GMT
1= 231 *
1= .
1: NEWGROUPS yesterday 000000
1= 501 *
1: NEWNEWS $box.* 19700101 000000 GMT
1= 230 *
1= <l1.$box@example.org>
1= .
1: NEWNEWS $box.* 20991231 235959 GMT
1= 230 *
1= .
1: NEWNEWS $box.Secret 19700101 000000
1= 230 *
1= .
1: NEWNEWS $box.*
1= 501 *
