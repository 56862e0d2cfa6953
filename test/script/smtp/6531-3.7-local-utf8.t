# RFC 6531 section 3.3: a mailbox of ours with an address beyond ASCII
another jo
bourse mailbox set $jo_box --add-address=jörg-$box@example.org
connect 1 smtp
1= 220 *
1: EHLO client.example
1* 250 *
1: MAIL FROM:<a@example.net> SMTPUTF8
1= 250 2.1.0 *
1: RCPT TO:<jörg-$box@example.org>
1= 250 2.1.5 *
# the same in decomposed form (NFC is what counts)
1- RCPT TO:<jo\xcc\x88rg-$box@example.org>\r\n
1= 250 2.1.5 *
1: DATA
1= 354 *
1: Subject: utf8
1:
1: .
1= 250 2.0.0 *
1: QUIT
1= 221 2.0.0 *
1!
logon 2 pop3 jo
2: STAT
2= +OK 1 *
