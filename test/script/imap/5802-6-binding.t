# RFC 5802 section 6: channel bindings, and who was made to believe that there are none
connect 1 imaps
1= * OK *
1: a AUTHENTICATE SCRAM-SHA-256 {b64:y,,n=$user,r=abc}
1= a NO [AUTHENTICATIONFAILED] *   ## ERR_DOWNGRADE
1: b AUTHENTICATE SCRAM-SHA-256-PLUS {b64:n,,n=$user,r=abc}
1= b BAD *
1: c AUTHENTICATE SCRAM-SHA-256-PLUS {b64:y,,n=$user,r=abc}
1= c BAD *
1: d AUTHENTICATE SCRAM-SHA-256 {b64:p=tls-exporter,,n=$user,r=abc}
1= d BAD *
# RFC 9266 section 3: TLS 1.3 has no tls-unique
1: e AUTHENTICATE SCRAM-SHA-256-PLUS {b64:p=tls-unique,,n=$user,r=abc}
1= e NO [CANNOT] *   ## ERR_BINDINGTYPE
1: f AUTHENTICATE SCRAM-SHA-1-PLUS {b64:p=nonsense,,n=$user,r=abc}
1= f NO [CANNOT] *
1: g AUTHENTICATE SCRAM-SHA-256-PLUS {b64:p=tls-exporter,,n=$user,r=abc}
1= + *
1: {b64:c=cD10bHMtZXhwb3J0ZXIsLA==,r=abc,p=AAAA}
1= g NO [AUTHENTICATIONFAILED] *   ## ERR_BINDING
1: h AUTHENTICATE SCRAM-SHA-1-PLUS {b64:p=tls-server-end-point,,n=$user,r=abc}
1= + *
1: {b64:c=biws,r=abc,p=AAAA}
1= h NO [AUTHENTICATIONFAILED] *
1: i LOGOUT
1* i OK *
# outside TLS nothing binds, and "y" says the truth
connect 2 imap
2= * OK *
2: a AUTHENTICATE SCRAM-SHA-256-PLUS {b64:p=tls-exporter,,n=$user,r=abc}
2= a NO [PRIVACYREQUIRED] *   ## ERR_NEEDTLS
2: b AUTHENTICATE SCRAM-SHA-256 {b64:y,,n=$user,r=abc}
2= + *
2: *
2= b BAD *
2: c LOGOUT
2* c OK *
