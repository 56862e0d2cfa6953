# RFC 4954 section 5: AUTH= on MAIL is taken and believed of nobody
logon 1 submission
1: MAIL FROM:<$address> AUTH=<>
1= 250 2.1.0 *
1: RSET
1= 250 2.0.0 *
1: MAIL FROM:<$address> AUTH=e+3Dmc2@example.com
1= 250 2.1.0 *
1: RSET
1= 250 2.0.0 *
1: MAIL FROM:<$address> AUTH=e+3
1= 501 5.5.4 *
1: MAIL FROM:<$address> AUTH=
1= 501 5.5.4 *
1: MAIL FROM:<$address> AUTH=<> AUTH=<>
1= 501 5.5.4 *
1: QUIT
1= 221 2.0.0 *
