# RFC 5321 section 4.1.1.2: MAIL begins a transaction
connect 1 smtp
1= 220 *
# section 4.1.4: EHLO or HELO comes first
1: MAIL FROM:<a@example.net>
1= 503 5.5.1 *   ## ERR_SEQUENCE
1: EHLO client.example
1* 250 *
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
# no second one inside a transaction
1: MAIL FROM:<b@example.net>
1= 503 5.5.1 *
1: RSET
1= 250 2.0.0 *
1: mail from:<a@example.net>
1= 250 2.1.0 *
1: RSET
1= 250 2.0.0 *
# section 4.5.5: the null path
1: MAIL FROM:<>
1= 250 2.1.0 *
1: RSET
1= 250 2.0.0 *
# section 4.1.2: quoted local parts, address literals
1: MAIL FROM:<"John Doe"@example.net>
1= 250 2.1.0 *
1: RSET
1= 250 2.0.0 *
1: MAIL FROM:<a@[192.0.2.1]>
1= 250 2.1.0 *
1: RSET
1= 250 2.0.0 *
1: MAIL FROM:<a@[IPv6:2001:db8::1]>
1= 250 2.1.0 *
1: RSET
1= 250 2.0.0 *
1: MAIL FROM:<@relay.example,@other.example:a@example.net>
1= 250 2.1.0 *
1: RSET
1= 250 2.0.0 *
# what is no path
1: MAIL
1= 501 5.5.4 *   ## ERR_SYNTAX
1: MAIL FROM:
1= 501 5.1.3 *   ## ERR_ADDRESS
1: MAIL FROM:a@example.net
1= 501 5.1.3 *
1: MAIL FROM:<a@example.net
1= 501 5.1.3 *
1: MAIL FROM:<a@@example.net>
1= 501 5.1.3 *
1: QUIT
1= 221 2.0.0 *
1!
