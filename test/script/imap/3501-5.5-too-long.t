# RFC 3501 section 5.5 and RFC 7162 section 4: a line that does not end (A6)
connect 1 imap
1= * OK *
repeat 1 1- a NOOP 
repeat 9000 1- x
1? * BYE *
1!
logon 2 imap
repeat 1 2- a NOOP 
repeat 1100000 2- x
2? * BYE *
2!
