# RFC 4422 section 4: what auth.mechanisms has off is neither announced nor taken
# server: choosy
connect 1 imap
1= * OK [CAPABILITY IMAP4rev1 IMAP4rev2 LITERAL- SASL-IR ID LANGUAGE LOGIN-REFERRALS STARTTLS AUTH=SCRAM-SHA-256 LOGINDISABLED] *
1: a AUTHENTICATE PLAIN {b64:\0$user\0$password}
1= a NO [CANNOT] *   ## ERR_MECHANISMOFF
1: b LOGIN $user $password
1= b NO [CANNOT] *   ## ERR_MECHANISMOFF
1: c AUTHENTICATE SCRAM-SHA-1 {b64:n,,n=$user,r=abc}
1= c NO [CANNOT] *
# nothing that binds is offered, so that nobody has been deceived
1: d AUTHENTICATE SCRAM-SHA-256 {b64:y,,n=$user,r=abc}
1= + *
1: *
1= d BAD *
1: e STARTTLS
1= e OK *
1~
1: f CAPABILITY
1= * CAPABILITY IMAP4rev1 IMAP4rev2 LITERAL- SASL-IR ID LANGUAGE LOGIN-REFERRALS AUTH=SCRAM-SHA-256 LOGINDISABLED
1= f OK *
1: g AUTHENTICATE SCRAM-SHA-256 {b64:y,,n=$user,r=abc}
1= + *
1: *
1= g BAD *
1: h AUTHENTICATE SCRAM-SHA-256-PLUS {b64:p=tls-exporter,,n=$user,r=abc}
1= h NO [CANNOT] *   ## ERR_MECHANISMOFF
1: i LOGOUT
1* i OK *
