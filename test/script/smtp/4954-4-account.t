# RFC 4954 section 6, RFC 3463 section 3.8: accounts that may not log on
another off
bourse account set $off --disabled
connect 1 submission
1= 220 *
1: EHLO client.example
1* 250 *
1: AUTH PLAIN {b64:\0$off\0$password}
1= 535 5.7.13 *   ## ERR_ACCOUNTOFF
# with a wrong password nothing is told about it
1: AUTH PLAIN {b64:\0$off\0wrong}
1= 535 5.7.8 *
another late
bourse account set $late --expires=2001-01-01
1: AUTH PLAIN {b64:\0$late\0$password}
1= 535 5.7.13 *
another must
bourse account set $must --must-change
1: AUTH PLAIN {b64:\0$must\0$password}
1= 535 5.7.13 *   ## ERR_EXPIRED
another never
bourse mailbox set $never_box --no-smtp
1: AUTH PLAIN {b64:\0$never\0$password}
1= 535 5.7.13 *   ## ERR_PROTOCOLOFF
another shut
bourse mailbox set $shut_box --disabled
1: AUTH PLAIN {b64:\0$shut\0$password}
1= 5* 5.*
1: QUIT
1= 221 2.0.0 *
