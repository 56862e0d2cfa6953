# RFC 3206 section 4: [AUTH] for what the credentials decide
another off
bourse account set $off --disabled
connect 1 pop3
1= +OK *
1: USER $off
1= +OK *
1: PASS $password
1= -ERR [AUTH] *   ## ERR_ACCOUNTOFF
another never
bourse mailbox set $never_box --no-pop3
1: USER $never
1= +OK *
1: PASS $password
1= -ERR [AUTH] *   ## ERR_PROTOCOLOFF
another shut
bourse mailbox set $shut_box --disabled
1: USER $shut
1= +OK *
1: PASS $password
1= -ERR [AUTH] *   ## ERR_BOXOFF
# a mailbox one has no right to, and one that is not there
1: USER $user\\$never_box
1= +OK *
1: PASS $password
1= -ERR [AUTH] *   ## ERR_BOXRIGHT
1: USER $user\\nothing-there
1= +OK *
1: PASS $password
1= -ERR [AUTH] *
# with the right to it, it opens
bourse mailbox grant $off_box $user
1: USER $user\\$off_box
1= +OK *
1: PASS $password
1= +OK $off_box has *
1: QUIT
1= +OK *
