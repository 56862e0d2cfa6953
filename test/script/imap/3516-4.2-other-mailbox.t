# RFC 3516 section 4.2: ranges of two messages in two mailboxes that have the same number there
another bob
bourse mailbox grant $bob_box $user --rights full
logon 1 imap
1- a APPEND INBOX {110031+}\r\nContent-Type: application/x\r\nContent-Transfer-Encoding: base64\r\n\r\n
repeat 1486 1: MDEyMzQ1Njc4MDEyMzQ1Njc4MDEyMzQ1Njc4MDEyMzQ1Njc4MDEyMzQ1Njc4MDEyMzQ1Njc4
1: x
1= a OK *
1- b APPEND "Other Users/$bob_box" {125059+}\r\nContent-Type: application/x\r\nContent-Transfer-Encoding: base64\r\n\r\n
repeat 2016 1: MDEyMzQ1Njc4MDEyMzQ1Njc4MDEyMzQ1Njc4MDEyMzQ1Njc4MDEyMzQ1Njc4
1: x
1= b OK *
1: c EXAMINE INBOX
1* c OK *
1: d FETCH 1 BINARY.PEEK[1]<60000.9>
1= * 1 FETCH (BINARY[1]<60000> {9}
1= 678012345)
1= d OK *
1: e EXAMINE "Other Users/$bob_box"
1* e OK *
1: f FETCH 1 BINARY.PEEK[1]<90000.9>
1= * 1 FETCH (BINARY[1]<90000> {9}
1= 012345678)
1= f OK *
1: g LOGOUT
1* g OK *
