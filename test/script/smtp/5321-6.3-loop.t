# RFC 5321 section 6.3: a message with too many Received lines goes round in circles (A11)
connect 1 smtp
1= 220 *
1: EHLO client.example
1* 250 *
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1: DATA
1= 354 *
repeat 51 1: Received: from a.example by b.example; Thu, 1 Jan 1998 00:00:00 +0000
1: Subject: loop
1:
1: .
1= 554 5.4.6 *   ## ERR_LOOP
# nothing of it is left
1: DATA
1= 503 5.5.1 *
# 50 are enough (section 6.3 asks for 100 at least or another way of knowing; lines of the text do not count)
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1: DATA
1= 354 *
repeat 50 1: received: from a.example by b.example; Thu, 1 Jan 1998 00:00:00 +0000
1: Subject: no loop
1:
repeat 100 1: Received: in the text
1: .
1= 250 2.0.0 *
1: QUIT
1= 221 2.0.0 *
1!
logon 2 pop3
2: STAT
2= +OK 1 *
