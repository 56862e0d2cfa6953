# RFC 5802 sections 5 and 6, RFC 5034 section 4: SCRAM in POP3
connect 1 pop3s
1= +OK *
1: AUTH SCRAM-SHA-256
1= + 
1: {b64:n,,n=$user,r=abc}
1= + *
1: *
1= -ERR *   ## ERR_CANCELLED
1: AUTH SCRAM-SHA-256 {b64:n,,n=$user,r=abc}
1= + *
1: =
1= -ERR *   ## ERR_BASE64
1: AUTH SCRAM-SHA-256 {b64:n,,n=$user,r=abc}
1= + *
1: {b64:c=biws,r=abc,p=AAAA}
1= -ERR [AUTH] $text*   ## ERR_AUTH
1: AUTH SCRAM-SHA-256 {b64:n,,n=DOM\\nobody,r=abc}
1= + *
1: {b64:c=biws,r=abc,p=AAAA}
1= -ERR [AUTH] $text*
# what binds is taken here without being announced, so that "y" says the truth
1: AUTH SCRAM-SHA-256 {b64:y,,n=$user,r=abc}
1= + *
1: {b64:c=eSws,r=abc,p=AAAA}
1= -ERR [AUTH] $text*
1: AUTH SCRAM-SHA-256-PLUS {b64:p=tls-server-end-point,,n=$user,r=abc}
1= + *
1: {b64:c=biws,r=abc,p=AAAA}
1= -ERR [AUTH] *   ## ERR_BINDING
1: AUTH SCRAM-SHA-1-PLUS {b64:p=tls-unique,,n=$user,r=abc}
1= -ERR *   ## ERR_BINDINGTYPE
1: QUIT
1= +OK *
1!
