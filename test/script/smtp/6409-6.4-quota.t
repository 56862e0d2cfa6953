# RFC 6409 section 6.4 and RFC 3463 section 3.3: whose mailbox is over its sending limit sends nothing
data 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\r\n
mail $address Subject: fills it\r\n\r\n$data$data$data$data$data$data$data$data$data$data$data
bourse mailbox set $box --quota-send=1K --quota-warn=1K
another friend
logon 1 submission
1: MAIL FROM:<$address>
1= 552 5.2.2 *   ## ERR_QUOTASEND
1: QUIT
1= 221 2.0.0 *
