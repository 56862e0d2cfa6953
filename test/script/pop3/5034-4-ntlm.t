# RFC 5034 section 4, with the mechanism of MS-NLMP: AUTH NTLM
# server: ntlm
ntlm $user
connect 1 pop3
1= +OK *
1: AUTH
1* NTLM
1* .
1: CAPA
1? SASL * NTLM
1* .
# Without an initial response
1: AUTH NTLM
1= + 
1: {ntlm:negotiate}
1= + $c1
1: {ntlm:$c1 user=$name domain=DOM password=wrong}
1= -ERR [AUTH] *
# With one
1: AUTH NTLM {ntlm:negotiate}
1= + $c2
1: {ntlm:$c2 user=$name domain=DOM password=$password}
1= +OK *
1: STAT
1= +OK 0 0
1: QUIT
1= +OK *
connect 2 pop3
2= +OK *
# No message, one that is none, one of the wrong kind, one cut off: over, and the next may begin
2: AUTH NTLM =
2= -ERR *   ## ERR_SYNTAX
2: AUTH NTLM
2= + 
2: 
2= -ERR *
2: AUTH NTLM !!!!
2= -ERR *   ## ERR_BASE64
2: AUTH NTLM {b64:NTLMSSP\0\3\0\0\0}
2= -ERR *
2: AUTH NTLM {b64:NTLMSSP\0\x01\0\0\0\0\0\0\0}
2= -ERR *   ## ERR_UNSUPPORTED
2: AUTH NTLM {ntlm:negotiate}
2= + $c3
2: {ntlm:negotiate}
2= -ERR *
2: AUTH NTLM {ntlm:negotiate}
2= + $c4
2: *
2= -ERR *   ## ERR_CANCELLED
# What was right for one challenge is wrong for the next
2: AUTH NTLM {ntlm:negotiate}
2= + $c5
2: {ntlm:$c4 user=$name domain=DOM password=$password}
2= -ERR [AUTH] *
# Offsets that lie
2: AUTH NTLM {ntlm:negotiate}
2= + $c6
2: {ntlm:$c6 user=$name domain=DOM password=$password lying}
2= -ERR *
# Changed on the way: the message integrity code does not fit
2: AUTH NTLM {ntlm:negotiate}
2= + $c7
2: {ntlm:$c7 user=$name domain=DOM password=$password mic=wrong}
2= -ERR [AUTH] *
connect 3 pop3
3= +OK *
# Nobody
3: AUTH NTLM {ntlm:negotiate}
3= + $c8
3: {ntlm:$c8 user=$name password=x anonymous}
3= -ERR [AUTH] *
# What old clients send is not taken from here
3: AUTH NTLM {ntlm:negotiate}
3= + $c9
3: {ntlm:$c9 user=$name domain=DOM password=$password v1}
3= -ERR [AUTH] this way to prove a password is too weak here   ## ERR_WEAK
3: AUTH NTLM {ntlm:negotiate}
3= + $d1
3: {ntlm:$d1 user=$name domain=DOM password=$password session}
3= -ERR [AUTH] this way to prove a password is too weak here
3: AUTH NTLM {ntlm:negotiate}
3= + $d2
3: {ntlm:$d2 user=$name domain=DOM password=$password lm}
3= -ERR [AUTH] this way to prove a password is too weak here
# And the connection is as good as before
3: AUTH NTLM {ntlm:negotiate}
3= + $d3
3: {ntlm:$d3 user=$name domain=DOM password=$password}
3= +OK *
