# RFC 3977 sections 8.3, 8.5, RFC 2980 sections 2.6, 2.8, 2.9: OVER, HDR, and XOVER, XHDR, XPAT
# server: public
bourse folder create public $box/Plans
logon 1 nntp
1: OVER
1= 412 *
1: OVER 1-
1= 412 *
1: HDR Subject 1-
1= 412 *
1: XOVER 1-
1= 412 *
1: GROUP $box.Plans
1= 211 *
1: OVER
1= 420 *
1: OVER 1-
1= 423 *
1- POST\r\nFrom: A <a@example.org>\r\nNewsgroups: $box.Plans\r\nSubject: one\r\n and\ta half\r\nDate: Fri, 21 Nov 1997 09:55:06 -0600\r\nMessage-ID: <o1.$box@example.org>\r\nReferences: <x@y>\r\n <z@y>\r\n\r\none\r\ntwo\r\n.\r\n
1= 340 *
1= 240 *
1- POST\r\nFrom: b@example.org\r\nNewsgroups: $box.Plans\r\nSubject: two\r\nMessage-ID: <o2.$box@example.org>\r\nKeywords: k\r\n\r\nx\r\n.\r\n
1= 340 *
1= 240 *
1: OVER 1-
1= 224 *
1= 1\tone and a half\tA <a@example.org>\tFri, 21 Nov 1997 09:55:06 -0600\t<o1.$box@example.org>\t<x@y> <z@y>\t$octets\t2\tXref: * $box.Plans:1
1= 2\ttwo\tb@example.org\t*\t<o2.$box@example.org>\t\t*\t1\tXref: * $box.Plans:2
1= .
1: OVER 2
1= 224 *
1= 2\ttwo\t*
1= .
1: OVER 3-
1= 423 *
1: OVER 2-1
1= 423 *
1: OVER <o1.$box@example.org>
1= 224 *
1= 1\tone*
1= .
1: OVER <o3.$box@example.org>
1= 430 *
1: OVER 1-x
1= 501 *
1: GROUP $box.Plans
1= 211 *
1: OVER
1= 224 *
1= 1\tone*
1= .
1: XOVER 1
1= 224 *
1= 1\tone*
1= .
1: XOVER
1= 224 *
1* .
1: HDR :bytes 1
1= 225 *
1= 1 $octets
1= .
1: HDR subject 1-
1= 225 *
1= 1 one and a half
1= 2 two
1= .
1: HDR Keywords 1-
1= 225 *
1= 1 
1= 2 k
1= .
1: HDR :lines 1
1= 225 *
1= 1 2
1= .
1: HDR :nothing 1
1= 503 *
1: HDR Subject <o2.$box@example.org>
1= 225 *
1= 2 two
1= .
1: HDR Subject <o3.$box@example.org>
1= 430 *
1: HDR Subject 7-
1= 423 *
1: HDR
1= 501 *
1: XHDR Keywords 1-
1= 221 *
1= 1 (none)
1= 2 k
1= .
1: XHDR Subject <o2.$box@example.org>
1= 221 *
1= <o2.$box@example.org> two
1= .
1: XPAT Subject 1- *half t?o
1= 221 *
1= 1 one and a half
1= 2 two
1= .
1: XPAT Subject 1- nothing
1= 221 *
1= .
1: XPAT Subject
1= 501 *
