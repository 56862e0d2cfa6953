# RFC 3501 section 7.1.5: whoever sends nothing that makes sense is sent away
connect 1 imap
1= * OK *
repeat 10 1: GET / HTTP/1.1
1? * BYE *
1!
logon 2 imap
repeat 20 2: GET / HTTP/1.1
2? * BYE *   ## ERR_JUNK
2!
