# RFC 3206 section 4: a mailbox that is on another server; the text says on which
another gone
bourse mailbox set $gone_box --moved-to mail2.example.org
connect 1 pop3
1= +OK *
1: USER $gone
1= +OK *
1: PASS wrong
1= -ERR [AUTH] user name or password is wrong
1: USER $gone
1= +OK *
1: PASS $password
1= -ERR [AUTH] *is on mail2.example.org now   ## ERR_MOVED
