# RFC 4505 section 5: off unless the administrator has switched it on
connect 1 imap
1= * OK *
1: a AUTHENTICATE ANONYMOUS {b64:sirhc}
1= a NO [CANNOT] *   ## ERR_MECHANISMOFF
1: b LOGIN anonymous me@example.net
1= b NO [AUTHENTICATIONFAILED] *
1: c CAPABILITY
1= * CAPABILITY * AUTH=PLAIN AUTH=LOGIN
1= c OK *
