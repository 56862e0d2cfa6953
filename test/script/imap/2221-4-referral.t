# RFC 2221 sections 3, 4.1 and 6: a mailbox whose home is another server; RFC 5092 section 3: the URL
another gone
bourse mailbox set $gone_box --moved-to mail2.example.org
connect 1 imap
1= * OK [CAPABILITY *LOGIN-REFERRALS *] *
# nothing is said to whoever has not the password
1: a LOGIN $gone wrong
1= a NO [AUTHENTICATIONFAILED] *
1: b LOGIN $gone $password
1= b NO [REFERRAL imap://DOM%5C$gone_box;AUTH=*@mail2.example.org/] logged on as $gone, but the mailbox "$gone_box" is on mail2.example.org now   ## ERR_MOVED
1: c AUTHENTICATE PLAIN {b64:\0$gone\0$password}
1= c NO [REFERRAL imap://DOM%5C$gone_box;AUTH=*@mail2.example.org/] *
1: d LANGUAGE de
1= * LANGUAGE (de)
1= d OK *
1: e LOGIN $gone $password
1= e NO [REFERRAL imap://*;AUTH=*@mail2.example.org/] angemeldet als *, aber das Postfach * liegt jetzt auf mail2.example.org
# somebody else's right to it is no help, and a port is named
bourse mailbox grant $gone_box --account $user --rights full
bourse mailbox set $gone_box --moved-to 192.0.2.7:1143
1: f LOGIN $user\\$gone_box $password
1= f NO [REFERRAL imap://*;AUTH=*@192.0.2.7:1143/] *
# the session is as it was, and so are other mailboxes
1: g LOGIN $user $password
1= g OK [CAPABILITY *LOGIN-REFERRALS*] *
1: h LIST "" "Other Users/%"
1= h OK *
# here again
bourse mailbox set $gone_box --moved-to=
logon 2 imap gone
2: i SELECT INBOX
2* i OK *
# who has it open hears of its end
bourse mailbox set $gone_box --moved-to mail2.example.org
2= * BYE *
2!
