# RFC 4954 section 4, with the mechanism of MS-NLMP: what old clients send, from a network that may
# server: ntlm_old
ntlm $user
connect 1 submission
1= 220 *
1: EHLO client.example
1* 250 *
1: AUTH NTLM {ntlm:negotiate oem}
1= 334 $c1
1: {ntlm:$c1 user=$name domain=DOM password=$password v1 oem}
1= 235 *
connect 2 submission
2= 220 *
2: EHLO client.example
2* 250 *
2: AUTH NTLM {ntlm:negotiate}
2= 334 $c2
2: {ntlm:$c2 user=$name domain=DOM password=wrong v1}
2= 535 *
2: AUTH NTLM {ntlm:negotiate}
2= 334 $c3
2: {ntlm:$c3 user=$name domain=DOM password=wrong session}
2= 535 *
# LM alone never
2: AUTH NTLM {ntlm:negotiate}
2= 334 $c4
2: {ntlm:$c4 user=$name domain=DOM password=$password lm}
2= 534 *
# A clock that is off by more than the setting has it
2: AUTH NTLM {ntlm:negotiate}
2= 334 $c5
2: {ntlm:$c5 user=$name domain=DOM password=$password ago=4000}
2= 535 *
# A service and a channel that nobody looks at here
2: AUTH NTLM {ntlm:negotiate}
2= 334 $c6
2: {ntlm:$c6 user=$name domain=DOM password=$password service=http/somewhere binding=another}
2= 235 *
connect 3 submission
3= 220 *
3: EHLO client.example
3* 250 *
3: AUTH NTLM {ntlm:negotiate}
3= 334 $c7
3: {ntlm:$c7 user=$name domain=DOM password=$password session}
3= 235 *
