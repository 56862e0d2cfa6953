# RFC 4954 section 4, with the mechanism of MS-NLMP: AUTH NTLM, and what a logon is bound to
# server: ntlm
ntlm $user
connect 1 submission
1= 220 *
1: EHLO client.example
1? 250-AUTH * NTLM
1* 250 *
1: AUTH NTLM
1= 334 
1: {ntlm:negotiate}
1= 334 $c1
1: {ntlm:$c1 user=$name domain=DOM password=$password service=SMTPSVC/mail.example.org}
1= 235 *
1: MAIL FROM:<$address>
1= 250 *
1: QUIT
1= 221 *
# With an initial response, inside TLS, bound to it, for a service by address
connect 2 submissions
2= 220 *
2: EHLO client.example
2* 250 *
2: AUTH NTLM {ntlm:negotiate}
2= 334 $c2
2: {ntlm:$c2 user=$name domain=DOM password=$password service=SMTPSVC/127.0.0.1 binding=channel}
2= 235 *
# Bound to another connection, or to one where there is no TLS
connect 3 submissions
3= 220 *
3: EHLO client.example
3* 250 *
3: AUTH NTLM {ntlm:negotiate}
3= 334 $c3
3: {ntlm:$c3 user=$name domain=DOM password=$password binding=another}
3= 535 *
3: AUTH NTLM {ntlm:negotiate}
3= 334 $c4
3: {ntlm:$c4 user=$name domain=DOM password=$password service=SMTPSVC/mail.example.net}
3= 535 *
3: AUTH NTLM {ntlm:negotiate}
3= 334 $c5
3: {ntlm:$c5 user=$name domain=DOM password=$password ago=140000}
3= 535 *
3: AUTH NTLM {ntlm:negotiate}
3= 334 $c6
3: {ntlm:$c6 user=$name domain=DOM password=$password ago=-50000}
3= 235 *
connect 4 submission
4= 220 *
4: EHLO client.example
4* 250 *
4: AUTH NTLM {ntlm:negotiate}
4= 334 $c7
4: {ntlm:$c7 user=$name domain=DOM password=$password binding=another}
4= 535 *
4: AUTH NTLM {ntlm:negotiate}
4= 334 $c8
4: {ntlm:$c8 user=$name domain=DOM password=$password v1}
4= 534 5.7.9 this way to prove a password is too weak here   ## ERR_WEAK
4: AUTH NTLM =
4= 501 *
