# RFC 5321 section 4.1.1.1: EHLO lists what the server can do, the host name first
connect 1 smtp
1= 220 $host ESMTP *
1: EHLO client.example
1= 250-$host*
1= 250-PIPELINING
1= 250-8BITMIME
1= 250-SMTPUTF8
1= 250-ENHANCEDSTATUSCODES
1= 250-CHUNKING
1= 250-DSN
1= 250-STARTTLS
1= 250 SIZE *
# Section 2.4: verbs in any case; 4.1.4: a name that is none is no ground for refusal
1: ehlo CLIENT.example
1* 250 *
1: EhLo under_score.example
1* 250 *
1: EHLO [127.0.0.1]
1* 250 *
1: EHLO [IPv6:::1]
1* 250 *
# RFC 6531 section 3.7.1: the name may be a U-label
1: EHLO bücher.example
1* 250 *
# an argument must be there, and only one
1: EHLO
1= 501 5.5.4 *
1: EHLO a b
1= 501 5.5.4 *
1: QUIT
1= 221 2.0.0 *
1!
