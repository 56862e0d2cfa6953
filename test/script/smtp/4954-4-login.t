# RFC 4954 section 4 with the mechanism LOGIN (draft-murchison-sasl-login)
connect 1 submissions
1= 220 *
1: EHLO client.example
1? 250-AUTH *LOGIN*
1* 250 *
1: AUTH LOGIN
1= 334 {b64:Username:}
1: {b64:$user}
1= 334 {b64:Password:}
1: {b64:$password}
1= 235 2.7.0 *
1: QUIT
1= 221 2.0.0 *
# the user name as initial response
connect 2 submissions
2= 220 *
2: EHLO client.example
2* 250 *
2: AUTH LOGIN {b64:$user}
2= 334 {b64:Password:}
2: {b64:$password}
2= 235 2.7.0 *
2: QUIT
2= 221 2.0.0 *
2!
