# RFC 5321 sections 3.1, 4.2 and 4.3.1: the greeting names the server; nobody has to say anything before it
connect 1 smtp
1= 220 * ESMTP *
1: QUIT
1= 221 2.0.0 *
1!
connect 2 submission
2= 220 * ESMTP *
2: QUIT
2= 221 2.0.0 *
2!
connect 3 submissions
3= 220 * ESMTP *
3: QUIT
3= 221 2.0.0 *
3!
