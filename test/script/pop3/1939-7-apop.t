# RFC 1939 section 7: APOP is not offered: no time stamp in the greeting, and the command is unknown
connect 1 pop3
1= +OK * Bourse POP3 ready *
1: APOP $box c4c9334bac560ecc979e58001b3e22fb
1= -ERR *   ## ERR_COMMAND
1: QUIT
1= +OK *
