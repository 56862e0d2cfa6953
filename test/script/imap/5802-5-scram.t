# RFC 5802 sections 5 to 7, RFC 7677: what goes wrong in SCRAM, with and without an initial response
connect 1 imaps
1= * OK [CAPABILITY *AUTH=SCRAM-SHA-256-PLUS AUTH=SCRAM-SHA-256 AUTH=SCRAM-SHA-1-PLUS AUTH=SCRAM-SHA-1 *] *
1: a AUTHENTICATE SCRAM-SHA-256
1= + 
1: {b64:n,,n=$user,r=abc}
1= + $first
1: *
1= a BAD *   ## ERR_CANCELLED
1: b AUTHENTICATE SCRAM-SHA-256 {b64:n,,n=$user,r=abc}
1= + $second
1: !!!!
1= b BAD *   ## ERR_BASE64
# the header that was sent first is not the one that is proved
1: c AUTHENTICATE SCRAM-SHA-256 {b64:n,,n=$user,r=abc}
1= + $third
1: {b64:c=eSws,r=abc,p=AAAA}
1= c NO [AUTHENTICATIONFAILED] *   ## ERR_BINDING
# the client's nonce alone, and a proof of too few octets
1: d AUTHENTICATE SCRAM-SHA-256 {b64:n,,n=$user,r=abc}
1= + $fourth
1: {b64:c=biws,r=abc,p=AAAA}
1= d NO [AUTHENTICATIONFAILED] $text*   ## ERR_AUTH
1: e AUTHENTICATE SCRAM-SHA-256 {b64:n,,n=DOM=5C,r=abc}
1= e BAD *   ## ERR_SYNTAX
1: f AUTHENTICATE SCRAM-SHA-256 {b64:n,,n=DOM\\nobody,r=abc}
1= + $fifth
1: {b64:c=biws,r=abc,p=AAAA}
1= f NO [AUTHENTICATIONFAILED] $text*
1: g LOGOUT
1* g OK *
connect 2 imaps
2= * OK *
# out of order: the last message first
2: a AUTHENTICATE SCRAM-SHA-1 {b64:c=biws,r=abc,p=AAAA}
2= a BAD *   ## ERR_SYNTAX
2: b AUTHENTICATE SCRAM-SHA-1 =
2= b BAD *
2: c AUTHENTICATE SCRAM-SHA-1 {b64:n,,m=x,n=$user,r=abc}
2= c NO [CANNOT] *   ## ERR_UNSUPPORTED
2: d AUTHENTICATE SCRAM-SHA-1 {b64:n,,n=$user,r=a b}
2= d BAD *
2: e AUTHENTICATE SCRAM-SHA-1 {b64:n,,n=$user\0,r=abc}
2= e BAD *
2: f AUTHENTICATE SCRAM-SHA-1 {b64:n,,n=\xff,r=abc}
2= f BAD *
2: g AUTHENTICATE scram-sha-1 {b64:n,,n=$user,r=abc}
2= + *
2: *
2= g BAD *
2: h LOGOUT
2* h OK *
