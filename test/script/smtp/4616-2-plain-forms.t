# RFC 4616 section 2: forms of PLAIN that are none, and an authorisation identity
connect 1 submission
1= 220 *
1: EHLO client.example
1* 250 *
1: AUTH PLAIN =
1= 501 5.5.4 *
1: AUTH PLAIN AAAA
1= 501 5.5.4 *
1: AUTH PLAIN
1= 334 
1: 
1= 501 5.5.4 *
1: AUTH PLAIN {b64:$user\0$password}
1= 501 5.5.4 *
1: AUTH PLAIN {b64:\0$user\0$password\0x}
1= 501 5.5.4 *
# somebody else's mailbox
another other
1: AUTH PLAIN {b64:$other_box\0$user\0$password}
1= 5* 5.*
1: AUTH PLAIN {b64:$box\0$user\0$password}
1= 235 2.7.0 *
1: QUIT
1= 221 2.0.0 *
