# RFC 1939 section 5: NOOP does nothing, and is of the TRANSACTION state
connect 1 pop3
1= +OK *
1: NOOP
1= -ERR *
1.
logon 2 pop3
2: NOOP
2= +OK *
2: NoOp
2= +OK *
2: NOOP x
2= -ERR *
2: QUIT
2= +OK *
2!
