# RFC 5257 section 4.6: COPY and MOVE take shared annotations along, and the user's own private ones; RFC 6851; into another mailbox as well
another bob
bourse mailbox grant $box $bob --rights full
bourse mailbox grant $bob_box $user --rights full
mail $address Subject: one\r\n\r\n1\r\n
mail $address Subject: two\r\n\r\n2\r\n
logon 1 imap
1: a SELECT INBOX
1* a OK *
1: b STORE 1:2 ANNOTATION (/comment (value.priv "alice" value.shared "all") /1/flags/seen (value.priv "1"))
1= b OK *
connect 2 imap
2= * OK *
2: a LOGIN $bob\\$box $password
2= a OK *
2: b SELECT INBOX
2* b OK *
2: c STORE 1:2 ANNOTATION (/comment (value.priv "bob"))
2= c OK *
2: d COPY 1 Archive
2= d OK *
1: c NOOP
1* c OK *
1: d COPY 1 Archive
1= d OK *
1: e MOVE 2 Archive
1= * OK [COPYUID *] *
1= * 2 EXPUNGE
1= e OK *
1: f SELECT Archive
1* f OK *
1: g FETCH 1:3 (ANNOTATION (* value))
1= * 1 FETCH (ANNOTATION (/comment (value.priv NIL value.shared "all")))
1= * 2 FETCH (ANNOTATION (/1/flags/seen (value.priv "1" value.shared NIL) /comment (value.priv "alice" value.shared "all")))
1= * 3 FETCH (ANNOTATION (/1/flags/seen (value.priv "1" value.shared NIL) /comment (value.priv "alice" value.shared "all")))
1= g OK *
2: e SELECT Archive
2* e OK *
2: f FETCH 1:3 (ANNOTATION (* value))
2= * 1 FETCH (ANNOTATION (/comment (value.priv "bob" value.shared "all")))
2= * 2 FETCH (ANNOTATION (/comment (value.priv NIL value.shared "all")))
2= * 3 FETCH (ANNOTATION (/comment (value.priv NIL value.shared "all")))
2= f OK *
# into a mailbox of somebody else's
1: h COPY 2 "Other Users/$bob_box/Archive"
1= h OK *
1: i MOVE 3 "Other Users/$bob_box/Archive"
1= * OK [COPYUID *] *
1* i OK *
1: j SELECT "Other Users/$bob_box/Archive"
1* j OK *
1: k FETCH 1:2 (ANNOTATION (/comment value))
1= * 1 FETCH (ANNOTATION (/comment (value.priv "alice" value.shared "all")))
1= * 2 FETCH (ANNOTATION (/comment (value.priv "alice" value.shared "all")))
1= k OK *
# what the rights there do not let through stays behind
logon 3 imap bob
3: a SETACL Junk $user lri
3* a OK *
3: b SELECT Archive
3* b OK *
3: c FETCH 1 (ANNOTATION (/comment value))
3= * 1 FETCH (ANNOTATION (/comment (value.priv NIL value.shared "all")))
3= c OK *
1: l COPY 1 "Other Users/$bob_box/Junk"
1= l OK *
1: m SELECT "Other Users/$bob_box/Junk"
1* m OK *
1: n FETCH 1 (ANNOTATION (/comment value))
1= * 1 FETCH (ANNOTATION (/comment (value.priv "alice" value.shared NIL)))
1= n OK *
# a folder that has another name, and INBOX that goes away
1: o RENAME Archive Older
1= o OK *
1: p RENAME INBOX Was
1= p OK *
1: q SELECT Older
1* q OK *
1: r FETCH 2 (ANNOTATION (/comment value.priv))
1= * 2 FETCH (ANNOTATION (/comment (value.priv "alice")))
1= r OK *
1: s SELECT Was
1* s OK *
1: t FETCH 1 (ANNOTATION (/comment value.priv))
1= * 1 FETCH (ANNOTATION (/comment (value.priv "alice")))
1= t OK *
1: u LOGOUT
1* u OK *
