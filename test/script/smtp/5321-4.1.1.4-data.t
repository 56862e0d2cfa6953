# RFC 5321 section 4.1.1.4: DATA, the message, the dot; section 4.5.2: dots at the start of lines
connect 1 smtp
1= 220 *
1: DATA
1= 503 5.5.1 *
1: EHLO client.example
1* 250 *
1: DATA
1= 503 5.5.1 *
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
# section 3.3: without a valid recipient DATA is refused, with 503 or 554
1: DATA
1= 503 5.5.1 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1: DATA now
1= 501 5.5.4 *
1: DATA
1= 354 *
1: Subject: dots
1:
1: ..
1: ..one
1: ...two
1: text.
1: .
1= 250 2.0.0 *
# the transaction is over
1: RCPT TO:<$address>
1= 503 5.5.1 *
1: DATA
1= 503 5.5.1 *
# a message without any line is one
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1: DATA
1= 354 *
1: .
1= 250 2.0.0 *
1: QUIT
1= 221 2.0.0 *
1!
logon 2 pop3
2: TOP 1 100
2= +OK *
2? Subject: dots
2= 
2= ..
2= ..one
2= ...two
2= text.
2= .
2: STAT
2= +OK 2 *
