# RFC 5802 sections 5 and 6, RFC 4954 section 4: SCRAM in SMTP
connect 1 submissions
1= 220 *
1: EHLO client.example
1? 250-AUTH SCRAM-SHA-256 SCRAM-SHA-1 *
1* 250 *
1: AUTH SCRAM-SHA-256
1= 334 
1: {b64:n,,n=$user,r=abc}
1= 334 *
1: *
1= 501 5.7.0 *   ## ERR_CANCELLED
1: AUTH SCRAM-SHA-256 {b64:n,,n=$user,r=abc}
1= 334 *
1: !
1= 501 5.5.2 *   ## ERR_BASE64
1: AUTH SCRAM-SHA-256 {b64:n,,n=$user,r=abc}
1= 334 *
1: {b64:c=biws,r=abc,p=AAAA}
1= 535 5.7.8 $text*   ## ERR_AUTH
1: AUTH SCRAM-SHA-256 {b64:n,,n=DOM\\nobody,r=abc}
1= 334 *
1: {b64:c=biws,r=abc,p=AAAA}
1= 535 5.7.8 $text*
# what binds is taken here without being announced, so that "y" says the truth
1: AUTH SCRAM-SHA-256 {b64:y,,n=$user,r=abc}
1= 334 *
1: {b64:c=eSws,r=abc,p=AAAA}
1= 535 5.7.8 $text*
1: AUTH SCRAM-SHA-256-PLUS {b64:p=tls-exporter,,n=$user,r=abc}
1= 334 *
1: {b64:c=biws,r=abc,p=AAAA}
1= 535 5.7.8 *   ## ERR_BINDING
1: AUTH SCRAM-SHA-1-PLUS {b64:p=tls-unique,,n=$user,r=abc}
1= 504 5.5.4 *   ## ERR_BINDINGTYPE
1: MAIL FROM:<$address>
1= 530 5.7.0 *
1: QUIT
1= 221 2.0.0 *
1!
