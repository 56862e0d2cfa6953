# RFC 3501 section 6.2.1: STARTTLS; capabilities are asked for anew
connect 1 imap
1= * OK *
1: a STARTTLS x
1= a BAD *
1: b STARTTLS
1= b OK *
1~
1: c CAPABILITY
1= * CAPABILITY IMAP4rev1 IMAP4rev2 LITERAL- SASL-IR ID AUTH=PLAIN AUTH=LOGIN
1= c OK *
1: d STARTTLS
1= d BAD *
1: e LOGIN $user $password
1= e OK *
1: f STARTTLS
1= f BAD *
1: g LOGOUT
1= * BYE *
1= g OK *
1!
