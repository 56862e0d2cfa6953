# RFC 6409 section 6.1, RFC 5322 section 3.6.2: From: is held to the rights of the account, and Sender: tells who acts for another
another boss
another desk
another info
bourse mailbox grant $boss_box $user --rights send-on-behalf
bourse mailbox grant $desk_box $user --rights send-as
bourse mailbox grant $info_box $user --rights full
logon 1 submission
# on behalf of the boss: Sender: is written
1: MAIL FROM:<$boss_address>
1= 250 *
1: RCPT TO:<$desk_address>
1= 250 *
1: DATA
1= 354 *
1: From: The boss <$boss_address>
1: Subject: by the secretary
1:
1: .
1= 250 *
# as the desk: nobody can tell
1: MAIL FROM:<$address>
1= 250 *
1: RCPT TO:<$desk_address>
1= 250 *
1: DATA
1= 354 *
1: From: $desk_address
1: Subject: by the desk
1:
1: .
1= 250 *
# a Sender: of its own is good, another's is not
1: MAIL FROM:<$boss_address>
1= 250 *
1: RCPT TO:<$desk_address>
1= 250 *
1: DATA
1= 354 *
1: From: $boss_address
1: Sender: $desk_address
1: Subject: by hand
1:
1: .
1= 250 *
1: MAIL FROM:<$boss_address>
1= 250 *
1: RCPT TO:<$desk_address>
1= 250 *
1: DATA
1= 354 *
1: From: $boss_address
1: Sender: $boss_address
1:
1: .
1= 553 5.7.1 Sender: *   ## ERR_SENDAS
# full access alone sends nothing
1: MAIL FROM:<$info_address>
1= 553 5.7.1 *the right send-as or send-on-behalf on the mailbox "$info_box"
1: MAIL FROM:<$address>
1= 250 *
1: RCPT TO:<$desk_address>
1= 250 *
1: DATA
1= 354 *
1: From: $info_address
1:
1: .
1= 553 5.7.1 From: *the right send-as or send-on-behalf on the mailbox "$info_box"
# two From: fields
1: MAIL FROM:<$address>
1= 250 *
1: RCPT TO:<$desk_address>
1= 250 *
1: DATA
1= 354 *
1: From: $address
1: From: $info_address
1:
1: .
1= 553 5.7.1 *one From:*
# a large message goes the same way
1: MAIL FROM:<$boss_address>
1= 250 *
1: RCPT TO:<$desk_address>
1= 250 *
1: DATA
1= 354 *
1: From: $boss_address
1: Subject: large
1:
repeat 1000 1: 0123456789012345678901234567890123456789012345678901234567890123456789
1: .
1= 250 *
# the address of somebody outside is not ours to judge
1: MAIL FROM:<$address>
1= 250 *
1: RCPT TO:<$desk_address>
1= 250 *
1: DATA
1= 354 *
1: From: me@elsewhere.example
1: Subject: from elsewhere
1:
1: .
1= 250 *
# what was kept
logon 2 imap desk
2: a SELECT INBOX
2? * 5 EXISTS
2* a OK *
2: b FETCH 1 (BODY.PEEK[HEADER.FIELDS (SENDER)])
2= * 1 FETCH (BODY[HEADER.FIELDS (SENDER)] *
2= Sender: $address
2=
2= )
2= b OK *
2: c FETCH 2 (BODY.PEEK[HEADER.FIELDS (SENDER)])
2= * 2 FETCH (BODY[HEADER.FIELDS (SENDER)] {2}
2=
2= )
2= c OK *
2: d FETCH 3 (BODY.PEEK[HEADER.FIELDS (SENDER)])
2= * 3 FETCH (BODY[HEADER.FIELDS (SENDER)] *
2= Sender: $desk_address
2=
2= )
2= d OK *
2: e FETCH 4 (BODY.PEEK[HEADER.FIELDS (SENDER)])
2= * 4 FETCH (BODY[HEADER.FIELDS (SENDER)] *
2= Sender: $address
2=
2= )
2= e OK *
