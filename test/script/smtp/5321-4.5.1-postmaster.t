# RFC 5321 section 4.5.1: mail for postmaster is taken, with and without a domain, in any case
bourse domain set DOM --postmaster=$box
connect 1 smtp
1= 220 *
1: EHLO client.example
1* 250 *
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: RCPT TO:<Postmaster>
1= 250 2.1.5 *
1: RCPT TO:<postmaster@example.org>
1= 250 2.1.5 *
1: RCPT TO:<POSTMASTER@Example.Org>
1= 250 2.1.5 *
1: RCPT TO:<abuse@example.org>
1= 250 2.1.5 *
1: RCPT TO:<postmaster@example.com>
1= 550 5.7.1 *
# only postmaster may come without a domain
1: RCPT TO:<abuse>
1= 501 5.1.3 *
1: MAIL FROM:<postmaster>
1= 501 5.1.3 *
1: DATA
1= 354 *
1: Subject: for the postmaster
1:
1: .
1= 250 2.0.0 *
1: QUIT
1= 221 2.0.0 *
1!
logon 2 pop3
2: STAT
2= +OK 1 *
