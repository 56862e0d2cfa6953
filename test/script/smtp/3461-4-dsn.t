# RFC 3461 sections 4.1 to 4.4: NOTIFY and ORCPT on RCPT, RET and ENVID on MAIL
connect 1 smtp
1= 220 *
1: EHLO client.example
1? 250-DSN
1* 250 *
1: MAIL FROM:<a@example.net> RET=HDRS ENVID=QQ314159+2B
1= 250 2.1.0 *
1: RCPT TO:<$address> NOTIFY=NEVER
1= 250 2.1.5 *
1: RCPT TO:<$address> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;Bob+2Bx@example.com
1= 250 2.1.5 *
1: RCPT TO:<$address> notify=failure
1= 250 2.1.5 *
# NEVER stands alone
1: RCPT TO:<$address> NOTIFY=NEVER,SUCCESS
1= 501 5.5.4 *
1: RCPT TO:<$address> NOTIFY=
1= 501 5.5.4 *
1: RCPT TO:<$address> NOTIFY=SOMETIMES
1= 501 5.5.4 *
1: RCPT TO:<$address> ORCPT=rfc822
1= 501 5.5.4 *
1: RCPT TO:<$address> ORCPT=;x@y
1= 501 5.5.4 *
1: RCPT TO:<$address> ORCPT=rfc822;a+2
1= 501 5.5.4 *
# RFC 5321 section 4.1.1.11: what is unknown is 555
1: RCPT TO:<$address> RET=FULL
1= 555 5.5.4 *   ## ERR_PARAMETER
1: RSET
1= 250 2.0.0 *
1: QUIT
1= 221 2.0.0 *
