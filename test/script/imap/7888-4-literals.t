# RFC 7888 sections 4 and 5: non-synchronising literals; LITERAL- before logon, LITERAL+ after it (D1)
connect 1 imap
1= * OK [CAPABILITY IMAP4rev1 IMAP4rev2 LITERAL- *] *
1: a LOGIN {lit:nobody} {lit:wrong}
1= a NO [AUTHENTICATIONFAILED] *
# synchronising and non-synchronising in one command
1: b LOGIN {lit:nobody} {5}
1= + *
1: wrong
1= b NO [AUTHENTICATIONFAILED] *
1: c LOGIN $user $password
1= c OK [CAPABILITY IMAP4rev1 IMAP4rev2 LITERAL+ *] *
repeat 1 1- d CREATE {300+}\r\n
repeat 300 1- x
1: 
1= d *
1: e LOGOUT
1* e OK *
# the octets of a literal are no commands
logon 2 imap
2: a CREATE {lit:b NOOP\r\nc NOOP\r\n}
2= a *
2: d NOOP
2= d OK *
2: e LOGOUT
2* e OK *
