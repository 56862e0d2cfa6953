# RFC 2033 section 4.2: who has no room any more is told so, the others have their mail
another full
bourse mailbox set $full_box --quota-receive=2K --quota-send=2K --quota-warn=2K
data 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\r\n
connect 1 lmtp
1= 220 *
1: LHLO client.example
1* 250 *
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1: RCPT TO:<$full_address>
1= 250 2.1.5 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
# meanwhile somebody else fills it
mail $full_address Subject: fills it\r\n\r\n$data$data$data$data$data$data$data$data$data$data$data$data$data$data$data$data$data$data$data$data$data$data
1: DATA
1= 354 *
1- Subject: each\r\n\r\nx\r\n.\r\n
1= 250 2.0.0 *
1= 552 5.2.2 *   ## ERR_QUOTA
1= 250 2.0.0 *
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: QUIT
1= 221 2.0.0 *
logon p pop3
p: STAT
p= +OK 1 *
