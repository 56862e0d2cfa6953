# RFC 1939 section 3: whoever sends nothing that makes sense is sent away, before logon and after it
connect 1 pop3
1= +OK *
repeat 10 1: GET / HTTP/1.1
1? -ERR *   ## ERR_JUNK
1* -ERR too many *
1!
logon 2 pop3
repeat 20 2: GET / HTTP/1.1
2? -ERR too many *
2!
