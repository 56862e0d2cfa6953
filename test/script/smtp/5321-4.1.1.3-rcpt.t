# RFC 5321 section 4.1.1.3: RCPT names one recipient, each judged on its own
connect 1 smtp
1= 220 *
1: EHLO client.example
1* 250 *
1: RCPT TO:<$address>
1= 503 5.5.1 *
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
# one bad recipient does not end the transaction (section 3.3)
1: RCPT TO:<nobody@example.org>
1= 550 5.1.1 *   ## ERR_RCPTUNKNOWN
1: RCPT TO:<somebody@example.com>
1= 550 5.7.1 *   ## ERR_RELAY
1: RCPT TO:<>
1= 501 5.1.3 *
1: RCPT TO:$address
1= 501 5.1.3 *
1: RCPT
1= 501 5.5.4 *
# section 2.4: the domain in any case
1: RCPT TO:<$box@EXAMPLE.ORG>
1= 250 2.1.5 *
# sections 3.6.1 and appendix C: a source route is taken off when what remains is ours
1: RCPT TO:<@relay.example,@other.example:$address>
1= 250 2.1.5 *
1: DATA
1= 354 *
1: Subject: thrice the same
1:
1: .
1= 250 2.0.0 *
1: QUIT
1= 221 2.0.0 *
1!
# Whoever is named thrice gets it once
logon 2 pop3
2: STAT
2= +OK 1 *
