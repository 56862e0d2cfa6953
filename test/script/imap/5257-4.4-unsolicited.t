# RFC 5257 sections 4.2 and 4.4: whoever selected with ANNOTATE hears of what others change, by the names alone
another bob
bourse mailbox grant $box $bob
mail $address Subject: one\r\n\r\n1\r\n
mail $address Subject: two\r\n\r\n2\r\n
logon 1 imap
logon 2 imap
logon 3 imap
1: a SELECT INBOX
1* a OK *
2: a SELECT INBOX (ANNOTATE)
2* a OK *
3: a SELECT INBOX
3* a OK *
connect 4 imap
4= * OK *
4: a LOGIN $bob\\$box $password
4= a OK *
4: b SELECT INBOX (ANNOTATE)
4* b OK *
1: b STORE 1 ANNOTATION (/comment (value.priv "mine" value.shared "ours") /altsubject (value.priv "s"))
1= b OK STORE completed
2: b NOOP
2= * 1 FETCH (UID 1 FLAGS (*) ANNOTATION (/comment /altsubject))
2= b OK *
# nobody hears of private ones of others
4: c NOOP
4= * 1 FETCH (UID 1 FLAGS (*) ANNOTATION (/comment))
4= c OK *
# not asked for
3: b NOOP
3= * 1 FETCH (FLAGS (*))
3= b OK *
# nor of what one does oneself
2: c STORE 2 ANNOTATION (/comment (value.priv "x"))
2= c OK STORE completed
2: d NOOP
2= d OK *
# what goes is told as well, with a change of flags behind it, and in IDLE
2: e IDLE
2= + *
1: c STORE 1 ANNOTATION (/altsubject (value.priv NIL))
1? c OK *
2= * 1 FETCH (UID 1 FLAGS (*) ANNOTATION (/altsubject))
2: DONE
2= e OK *
1: d STORE 2 ANNOTATION (/comment (value.priv "y"))
1= d OK *
1: e STORE 2 +FLAGS.SILENT (\Seen)
1= e OK *
2: f NOOP
2= * 2 FETCH (UID 2 FLAGS (*\Seen*) ANNOTATION (/comment))
2= * 2 FETCH (FLAGS (*\Seen*))
2= f OK *
# with CONDSTORE the modseq stands beside them; without ANNOTATE in this SELECT nothing more
2: g SELECT INBOX (ANNOTATE CONDSTORE)
2* g OK *
1: f STORE 2 ANNOTATION (/comment (value.shared "z"))
1? f OK *
2: h NOOP
2= * 2 FETCH (UID 2 FLAGS (*) ANNOTATION (/comment) MODSEQ ($m))
2= h OK *
2: i FETCH 2 (MODSEQ)
2= * 2 FETCH (MODSEQ ($m))
2= i OK *
2: j SELECT INBOX
2* j OK *
1: g STORE 2 ANNOTATION (/comment (value.shared "zz"))
1? g OK *
2: k NOOP
2= * 2 FETCH (UID 2 FLAGS (*) MODSEQ ($n))
2= k OK *
# QRESYNC: what was annotated meanwhile has changed
2: l ENABLE QRESYNC
2= * ENABLED QRESYNC
2= l OK *
2: m UNSELECT
2= m OK *
1: h STORE 1 ANNOTATION (/comment (value.shared NIL))
1? h OK *
2: n STATUS INBOX (UIDVALIDITY)
2= * STATUS INBOX (UIDVALIDITY $v)
2= n OK *
2: o SELECT INBOX (QRESYNC ($v $n))
2? * 1 FETCH (UID 1 FLAGS (*) MODSEQ (*))
2= o OK *
1: i LOGOUT
1* i OK *
