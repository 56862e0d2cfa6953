# RFC 4954 section 3: what auth.mechanisms has off is neither announced nor taken
# server: choosy
connect 1 submission
1= 220 *
1: EHLO client.example
1? 250-AUTH SCRAM-SHA-256
1* 250 *
1: AUTH PLAIN {b64:\0$user\0$password}
1= 504 5.5.4 *   ## ERR_MECHANISMOFF
1: AUTH LOGIN
1= 504 5.5.4 *   ## ERR_MECHANISMOFF
1: QUIT
1= 221 2.0.0 *
