# RFC 5530 section 3: LIMIT, too many logons of one account within a minute
# server: paced
another hasty
connect 1 imap
1= * OK *
1: a1 LOGIN $hasty wrong
1= a1 NO [AUTHENTICATIONFAILED] *
1: a2 LOGIN $hasty wrong
1= a2 NO [AUTHENTICATIONFAILED] *
1: a3 LOGIN $hasty wrong
1= a3 NO [AUTHENTICATIONFAILED] *
1: a4 LOGIN $hasty $password
1= a4 NO [LIMIT] *   ## ERR_LOGONPACE
# others are not concerned
1: a5 LOGIN $user $password
1= a5 OK *
1: a6 LOGOUT
1* a6 OK *
