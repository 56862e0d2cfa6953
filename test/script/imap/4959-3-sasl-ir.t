# RFC 4959 section 3: "=" is an empty initial response
connect 1 imap
1= * OK [CAPABILITY IMAP4rev1 * SASL-IR *] *
1: a AUTHENTICATE PLAIN =
1= a *
1: b AUTHENTICATE PLAIN {b64:\0$user\0$password} x
1= b BAD *
1: c AUTHENTICATE PLAIN {b64:\0$user\0$password}
1= c OK *
1: d LOGOUT
1* d OK *
