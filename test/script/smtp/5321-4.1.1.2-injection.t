# RFC 5321 section 4.1.2, RFC 3461 section 4: control characters in no value of the envelope (A12)
connect 1 smtp
1= 220 *
1: EHLO client.example
1* 250 *
# a shell's signs are ordinary characters of a quoted string, and no more
1: MAIL FROM:<";sleep 9;"@example.net>
1= 250 2.1.0 *
1: RSET
1= 250 2.0.0 *
1: MAIL FROM:<;sleep 9;>
1= 501 5.1.3 *
1: MAIL FROM:<a@example.net> ENVID=a+00b
1= 501 5.5.4 *
1: MAIL FROM:<a@example.net> ENVID=a+0D+0Ab
1= 501 5.5.4 *
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: RCPT TO:<$address> ORCPT=rfc822;a+0D+0AX:y
1= 501 5.5.4 *
1: RCPT TO:<"a\x7fb"@example.org>
1= 501 5.5.4 *
# C1 controls in UTF-8
1- RCPT TO:<"a\xc2\x85b"@example.org>\r\n
1= 501 5.5.4 *
1: QUIT
1= 221 2.0.0 *
1!
# line ends inside an address
connect 4 smtp
4= 220 *
4: EHLO client.example
4* 250 *
4: MAIL FROM:<a@example.net>
4= 250 2.1.0 *
4- RCPT TO:<"a\nRCPT TO:<$address>"@example.org>\r\n
4= 554 5.6.0 *
4!
connect 5 smtp
5= 220 *
5: EHLO client.example
5* 250 *
5- MAIL FROM:<"a\rb"@example.org>\r\n
5= 554 5.6.0 *
5!
# the name of EHLO stands in the trace field without its syntax
connect 2 smtp
2= 220 *
2: EHLO a(b)c;d@e<f>
2* 250 *
2: MAIL FROM:<a@example.net>
2= 250 2.1.0 *
2: RCPT TO:<$address>
2= 250 2.1.5 *
2: DATA
2= 354 *
2: .
2= 250 2.0.0 *
2: QUIT
2= 221 2.0.0 *
2!
logon 3 pop3
3: RETR 1
3= +OK *
3= Return-Path: *
3= Received: from a?b?c?d?e?f? (*
3* .
