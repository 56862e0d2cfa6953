# RFC 4954 section 4, with the mechanism of MS-NLMP: where service and channel are demanded
# server: ntlm_strict
ntlm $user
connect 1 submissions
1= 220 *
1: EHLO client.example
1* 250 *
1: AUTH NTLM {ntlm:negotiate}
1= 334 $c1
1: {ntlm:$c1 user=$name domain=DOM password=$password service=SMTPSVC/mail.example.org}
1= 535 *
1: AUTH NTLM {ntlm:negotiate}
1= 334 $c2
1: {ntlm:$c2 user=$name domain=DOM password=$password binding=channel}
1= 535 *
# Old responses can say neither
1: AUTH NTLM {ntlm:negotiate}
1= 334 $c3
1: {ntlm:$c3 user=$name domain=DOM password=$password v1}
1= 535 *
1: AUTH NTLM {ntlm:negotiate}
1= 334 $c4
1: {ntlm:$c4 user=$name domain=DOM password=$password service=SMTPSVC/mail.example.org binding=channel}
1= 235 *
