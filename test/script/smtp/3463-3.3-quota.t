# RFC 3463 section 3.3 (X.2.2): a full mailbox is told while the sender is there, not with a report later (A10)
another full
bourse mailbox set $full_box --quota-receive=2K --quota-send=2K --quota-warn=2K
data 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\r\n
mail $full_address Subject: fills it\r\n\r\n$data$data$data$data$data$data$data$data$data$data$data
# the message that crosses the limit is taken
connect 1 smtp
1= 220 *
1: EHLO client.example
1* 250 *
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: RCPT TO:<$full_address>
1= 250 2.1.5 *
1: DATA
1= 354 *
1- Subject: too much\r\n\r\n$data$data$data$data$data$data$data$data$data$data$data.\r\n
1= 250 2.0.0 *
# from then on it is refused at RCPT, for this recipient alone
wait 0.3
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: RCPT TO:<$full_address>
1= 552 5.2.2 *   ## ERR_QUOTA
1: RCPT TO:<$address>
1= 250 2.1.5 *
1: QUIT
1= 221 2.0.0 *
1!
# what is deleted makes room
logon 2 pop3 full
2: DELE 1
2= +OK *
2: DELE 2
2= +OK *
2: QUIT
2= +OK *
wait 0.3
connect 3 smtp
3= 220 *
3: EHLO client.example
3* 250 *
3: MAIL FROM:<a@example.net>
3= 250 2.1.0 *
3: RCPT TO:<$full_address>
3= 250 2.1.5 *
3: QUIT
3= 221 2.0.0 *
