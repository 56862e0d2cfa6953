# RFC 9051 section 6.3.1 and appendices A and E: IMAP4rev2 is switched on by ENABLE; until then all is IMAP4rev1
connect 1 imap
1= * OK [CAPABILITY IMAP4rev1 IMAP4rev2 *
1: a LOGIN $user $password
1= a OK [CAPABILITY IMAP4rev1 IMAP4rev2 *
1: b APPEND INBOX {lit:Subject: one\r\n\r\n1\r\n}
1= b OK [APPENDUID *
# IMAP4rev1: RECENT, UNSEEN, \Recent, no LIST, no CLOSED, SEARCH
1: c SELECT INBOX
1= * FLAGS (\Answered \Flagged \Deleted \Seen \Draft)
1= * OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft \*)] *
1= * 1 EXISTS
1= * 1 RECENT
1= * OK [UNSEEN 1] *
1* c OK [READ-WRITE] *
1: c2 SEARCH ALL
1= * SEARCH 1
1= c2 OK *
1: c3 FETCH 1 FLAGS
1= * 1 FETCH (FLAGS (\Recent))
1= c3 OK *
1: c4 UNSELECT
1= c4 OK *
# ENABLE: any case, what is unknown is passed over, what is on already is not told again, CAPABILITY stays the same
1: d ENABLE imap4REV2 X-GOOD-IDEA NAMESPACE
1= * ENABLED IMAP4rev2
1= d OK *
1: d2 ENABLE IMAP4rev2
1= * ENABLED
1= d2 OK *
1: d3 CAPABILITY
1= * CAPABILITY IMAP4rev1 IMAP4rev2 *
1= d3 OK *
# section 6.3.2: LIST; no RECENT, no UNSEEN
1: e SELECT INBOX
1= * FLAGS (\Answered \Flagged \Deleted \Seen \Draft)
1= * OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft \*)] *
1= * 1 EXISTS
1= * LIST (\HasNoChildren) "/" INBOX
1= * OK [URLMECH INTERNAL] *
1= * OK [MAILBOXID *
1= * OK [UIDVALIDITY *
1= * OK [UIDNEXT 2] *
1* e OK [READ-WRITE] *
# section 7.1, CLOSED: in front of all that is about the next folder, also when that cannot be opened
1: f EXAMINE Sent
1= * OK [CLOSED] *
1= * FLAGS *
1= * OK [PERMANENTFLAGS ()] *
1= * 0 EXISTS
1= * LIST (\HasNoChildren \Sent) "/" Sent
1* f OK [READ-ONLY] *
1: g SELECT nowhere
1= * OK [CLOSED] *
1= g NO [NONEXISTENT] *
1: h SELECT INBOX
1= * FLAGS *
1* h OK *
# section 6.4.4: ESEARCH always
1: i SEARCH UNSEEN
1= * ESEARCH (TAG "i") ALL 1
1= i OK *
1: i2 UID SEARCH ALL
1= * ESEARCH (TAG "i2") UID ALL 1
1= i2 OK *
1: i3 SEARCH DELETED
1= * ESEARCH (TAG "i3")
1= i3 OK *
1: i4 SEARCH CHARSET UTF-8 SUBJECT "one"
1= * ESEARCH (TAG "i4") ALL 1
1= i4 OK *
1: i5 SEARCH CHARSET X-NONE SUBJECT "one"
1= i5 NO [BADCHARSET *
1: i6 SEARCH LARGER 4294967296
1= * ESEARCH (TAG "i6")
1= i6 OK *
1: i7 SEARCH SMALLER 9223372036854775807
1= * ESEARCH (TAG "i7") ALL 1
1= i7 OK *
# section 7.5.2: what was not asked for has its UID; no \Recent any more
logon 2 imap
2: a SELECT INBOX
2* a OK *
2: b STORE 1 +FLAGS.SILENT ($Forwarded $MDNSent $Junk $NotJunk $Phishing)
2= b OK *
1: j NOOP
1= * FLAGS (* $Forwarded $MDNSent $Junk $NotJunk $Phishing)
1= * OK [PERMANENTFLAGS *
1= * 1 FETCH (UID 1 FLAGS ($Forwarded $MDNSent $Junk $NotJunk $Phishing))
1= j OK *
1: j2 SEARCH KEYWORD $Phishing
1= * ESEARCH (TAG "j2") ALL 1
1= j2 OK *
2: c APPEND INBOX {lit:Subject: two\r\n\r\n2\r\n}
2* c OK *
1: k NOOP
1= * 2 EXISTS
1= k OK *
1: l FETCH 1:2 FLAGS
1= * 1 FETCH (FLAGS ($Forwarded $MDNSent $Junk $NotJunk $Phishing))
1= * 2 FETCH (FLAGS ())
1= l OK *
# reading marks as seen, which nobody asked for
1: l2 FETCH 2 BODY[TEXT]
1= * 2 FETCH (BODY[TEXT] {3}
1= 2
1= )
1= * 2 FETCH (UID 2 FLAGS (\Seen))
1= l2 OK *
# appendix E, 17 to 19: what became obsolete is answered all the same, when it is asked for
1: m CHECK
1= m OK *
1: n FETCH 1 RFC822.TEXT
1= * 1 FETCH (RFC822.TEXT {3}
1= 1
1= )
1* n OK *
1: o STATUS INBOX (MESSAGES SIZE DELETED)
1= * STATUS INBOX (MESSAGES 2 DELETED 0 SIZE *)
1= o OK *
# COPYUID for MOVE, too; TRYCREATE and no new folder
1: p MOVE 1 Sent
1= * OK [COPYUID * 1 1] *
1= * 1 EXPUNGE
1= p OK *
1: q UID COPY 2 nowhere
1= q NO [TRYCREATE] *
1: q2 LIST "" nowhere
1= q2 OK *
1: r LOGOUT
1* r OK *
