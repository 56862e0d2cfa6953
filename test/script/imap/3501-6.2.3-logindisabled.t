# RFC 3501 sections 6.2.3 and 11.2: LOGINDISABLED where passwords are taken inside TLS only (B3)
# server: strict
connect 1 imap
1= * OK [CAPABILITY IMAP4rev1 IMAP4rev2 LITERAL- SASL-IR ID STARTTLS LOGINDISABLED] *
1: a LOGIN $user $password
1= a NO [PRIVACYREQUIRED] *   ## ERR_NEEDTLS
1: b AUTHENTICATE PLAIN {b64:\0$user\0$password}
1= b NO [PRIVACYREQUIRED] *
1: c STARTTLS
1= c OK *
1~
1: d CAPABILITY
1= * CAPABILITY IMAP4rev1 IMAP4rev2 LITERAL- SASL-IR ID AUTH=PLAIN AUTH=LOGIN
1= d OK *
1: e LOGIN $user $password
1= e OK *
1: f LOGOUT
1* f OK *
