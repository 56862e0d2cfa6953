# RFC 7889 section 2: APPENDLIMIT with its number; section 3.1: in STATUS; section 4: TOOBIG before the octets are read
# server: small
connect 1 imap
1= * OK *
1: a LOGIN $user $password
1= a OK [CAPABILITY * APPENDLIMIT=65536*] *
1: b STATUS INBOX (APPENDLIMIT MESSAGES)
1= * STATUS INBOX (MESSAGES 0 APPENDLIMIT 65536)
1= b OK *
1: c APPEND INBOX {65537}
1= c NO [TOOBIG] *   ## ERR_TOOBIG
# on its way already: it is passed over
1- d APPEND INBOX {65537+}\r\n
repeat 65537 1- x
1:
1= d NO [TOOBIG] *
1- e APPEND INBOX {65536+}\r\n
repeat 65536 1- x
1:
1= e OK *
# a message that becomes too large with its line ends
1- f APPEND INBOX {65536+}\r\n
repeat 65536 1- \n
1:
1= f NO [TOOBIG] *
1: g LOGOUT
1* g OK *
