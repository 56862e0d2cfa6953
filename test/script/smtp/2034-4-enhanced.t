# RFC 2034 sections 3 and 4: enhanced codes on all replies but those to EHLO, HELO, the greeting and 3yz; RFC 3463: class agrees
connect 1 smtp
1= 220 $host ESMTP *
1: EHLO client.example
1? 250-ENHANCEDSTATUSCODES
1* 250 SIZE *
1: NOOP
1= 250 2.0.0 *
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1: RCPT TO:<nobody@example.org>
1= 550 5.1.1 *
1: XXXX
1= 500 5.5.1 *
1: DATA
1= 354 $text*
1: .
1= 250 2.0.0 *
1: QUIT
1= 221 2.0.0 *
