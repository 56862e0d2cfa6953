# RFC 5321 section 4.1.1.9: NOOP, with any argument, touches nothing
connect 1 smtp
1= 220 *
1: NOOP
1= 250 2.0.0 *   ## ERR_OK
1: EHLO client.example
1* 250 *
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: NOOP anything at all
1= 250 2.0.0 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1: QUIT
1= 221 2.0.0 *
1!
