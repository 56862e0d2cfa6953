# RFC 3501 section 6.4.4: SEARCH, every key
logon 1 imap
1: a APPEND INBOX (\Seen \Answered $Work) "01-Feb-1994 12:00:00 +0000" {lit:From: Fred <fred@example.com>\r\nTo: Bob <bob@example.org>\r\nCc: carol@example.org\r\nSubject: afternoon meeting\r\nDate: Wed, 02 Feb 1994 12:00:00 +0000\r\nMessage-Id: <1@example.com>\r\n\r\nshort text\r\n}
1= a OK *
1: b APPEND INBOX (\Flagged \Draft \Deleted) "05-Feb-1996 12:00:00 +0000" {lit:From: Smith <smith@example.com>\r\nBcc: dave@example.org\r\nSubject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=\r\nDate: Mon, 05 Feb 1996 12:00:00 +0000\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nw5xiZXIgYWxsZXM=\r\n}
1= b OK *
1: c SELECT INBOX
1* c OK *
1: s1 SEARCH ALL
1= * SEARCH 1 2
1= s1 OK *
1: s2 SEARCH ANSWERED
1= * SEARCH 1
1= s2 OK *
1: s3 SEARCH UNANSWERED
1= * SEARCH 2
1= s3 OK *
1: s4 SEARCH SEEN
1= * SEARCH 1
1= s4 OK *
1: s5 SEARCH UNSEEN
1= * SEARCH 2
1= s5 OK *
1: s6 SEARCH FLAGGED
1= * SEARCH 2
1= s6 OK *
1: s7 SEARCH UNFLAGGED
1= * SEARCH 1
1= s7 OK *
1: s8 SEARCH DRAFT
1= * SEARCH 2
1= s8 OK *
1: s9 SEARCH UNDRAFT
1= * SEARCH 1
1= s9 OK *
1: s10 SEARCH DELETED
1= * SEARCH 2
1= s10 OK *
1: s11 SEARCH UNDELETED
1= * SEARCH 1
1= s11 OK *
1: s12 SEARCH NEW
1= * SEARCH 2
1= s12 OK *
1: s13 SEARCH OLD
1= * SEARCH
1= s13 OK *
1: s14 SEARCH RECENT
1= * SEARCH 1 2
1= s14 OK *
1: s15 SEARCH KEYWORD $Work
1= * SEARCH 1
1= s15 OK *
1: s16 SEARCH UNKEYWORD $Work
1= * SEARCH 2
1= s16 OK *
1: s17 SEARCH KEYWORD none
1= * SEARCH
1= s17 OK *
1: s18 SEARCH FROM fred
1= * SEARCH 1
1= s18 OK *
1: s19 SEARCH FROM "EXAMPLE.COM"
1= * SEARCH 1 2
1= s19 OK *
1: s20 SEARCH TO bob
1= * SEARCH 1
1= s20 OK *
1: s21 SEARCH CC carol
1= * SEARCH 1
1= s21 OK *
1: s22 SEARCH BCC dave
1= * SEARCH 2
1= s22 OK *
1: s23 SEARCH SUBJECT meeting
1= * SEARCH 1
1= s23 OK *
1: s24 SEARCH SUBJECT none
1= * SEARCH
1= s24 OK *
1: s25 SEARCH BODY "short"
1= * SEARCH 1
1= s25 OK *
1: s26 SEARCH TEXT afternoon
1= * SEARCH 1
1= s26 OK *
1: s27 SEARCH BODY afternoon
1= * SEARCH
1= s27 OK *
1: s28 SEARCH HEADER Message-Id 1@example
1= * SEARCH 1
1= s28 OK *
1: s29 SEARCH HEADER Bcc ""
1= * SEARCH 2
1= s29 OK *
1: s30 SEARCH SINCE 1-Jan-1995
1= * SEARCH 2
1= s30 OK *
1: s31 SEARCH BEFORE 1-Jan-1995
1= * SEARCH 1
1= s31 OK *
1: s32 SEARCH ON 1-Feb-1994
1= * SEARCH 1
1= s32 OK *
1: s33 SEARCH SENTON 2-Feb-1994
1= * SEARCH 1
1= s33 OK *
1: s34 SEARCH SENTBEFORE "1-Jan-1995"
1= * SEARCH 1
1= s34 OK *
1: s35 SEARCH SENTSINCE 1-Jan-1995
1= * SEARCH 2
1= s35 OK *
1: s36 SEARCH LARGER 100
1= * SEARCH 1 2
1= s36 OK *
1: s37 SEARCH SMALLER 100
1= * SEARCH
1= s37 OK *
1: s38 SEARCH 1
1= * SEARCH 1
1= s38 OK *
1: s39 SEARCH *
1= * SEARCH 2
1= s39 OK *
1: s40 SEARCH 2:*
1= * SEARCH 2
1= s40 OK *
1: s41 SEARCH UID 2
1= * SEARCH 2
1= s41 OK *
1: s42 SEARCH UID 4:*
1= * SEARCH 2
1= s42 OK *
1: s43 SEARCH UID 3000
1= * SEARCH
1= s43 OK *
1: s44 SEARCH NOT SEEN
1= * SEARCH 2
1= s44 OK *
1: s45 SEARCH OR SEEN FLAGGED
1= * SEARCH 1 2
1= s45 OK *
1: s46 SEARCH OR (SEEN DRAFT) (FLAGGED DRAFT)
1= * SEARCH 2
1= s46 OK *
1: s47 SEARCH (SEEN (ANSWERED))
1= * SEARCH 1
1= s47 OK *
1: s48 SEARCH SEEN ANSWERED FROM fred
1= * SEARCH 1
1= s48 OK *
1: s49 SEARCH SEEN DRAFT
1= * SEARCH
1= s49 OK *
1: s50 SEARCH CHARSET US-ASCII SUBJECT meeting
1= * SEARCH 1
1= s50 OK *
1: s51 SEARCH CHARSET UTF-8 SUBJECT {4+}\r\ngr\xc3\xbc
1= * SEARCH 2
1= s51 OK *
1: s52 SEARCH CHARSET ISO-8859-1 SUBJECT {3+}\r\nGR\xdc
1= * SEARCH 2
1= s52 OK *
# without a charset it is UTF-8 (RFC 9051)
1: s53 SEARCH SUBJECT {4+}\r\ngr\xc3\xbc
1= * SEARCH 2
1= s53 OK *
1: s54 SEARCH LARGER 4294967296
1= * SEARCH
1= s54 OK *
# UID SEARCH answers with UIDs
1: u1 UID SEARCH FLAGGED
1= * SEARCH 2
1= u1 OK *
# a Date is a day as it was written, in whatever zone; without one that can be read there is none
1: t0 APPEND INBOX "05-Feb-1996 12:00:00 +0000" {lit:Date: Thu, 08 Feb 1996 23:59:00 -1200\r\nSubject: far west\r\n\r\n}
1? t0 OK *
1: t1 APPEND INBOX "05-Feb-1996 12:00:00 +0000" {lit:Date: some day\r\nSubject: no date\r\n\r\n}
1? t1 OK *
1: t2 SEARCH SENTON 8-Feb-1996
1= * SEARCH 3
1= t2 OK *
1: t3 SEARCH SENTON 9-Feb-1996
1= * SEARCH
1= t3 OK *
1: t4 SEARCH SENTSINCE 1-Jan-1990
1= * SEARCH 1 2 3
1= t4 OK *
1: t5 SEARCH SENTBEFORE 1-Jan-2020
1= * SEARCH 1 2 3
1= t5 OK *
1: t6 SEARCH NOT SENTSINCE 1-Jan-2020
1= * SEARCH 1 2 3 4
1= t6 OK *
# what is no search
1: x1 SEARCH
1= x1 BAD *
1: x2 SEARCH XYZZY
1= x2 BAD *
1: x3 SEARCH OR SEEN
1= x3 BAD *
1: x4 SEARCH (SEEN
1= x4 BAD *
1: x5 SEARCH BEFORE 32-Jan-1995
1= x5 BAD *
1: x6 SEARCH CHARSET X-UNKNOWN SUBJECT x
1= x6 NO [BADCHARSET (UTF-8 US-ASCII *)] *   ## ERR_CHARSET
1: x7 SEARCH 0
1= x7 BAD *
1: x8 SEARCH LARGER x
1= x8 BAD *
1: z LOGOUT
1* z OK *
