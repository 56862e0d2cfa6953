# RFC 2449 section 8 and RFC 1939 section 3: whoever does not log on in time is sent away
# server: small
connect 1 pop3
1= +OK *
1= -ERR [SYS/TEMP] *   ## ERR_TIMEOUT
1!
