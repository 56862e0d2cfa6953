# RFC 5530 section 3: OVERQUOTA for APPEND and COPY
bourse mailbox set $box --quota-receive=2K --quota-send=2K --quota-warn=2K
data 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\r\n
mail $address Subject: fills it\r\n\r\n$data$data$data$data$data$data$data$data$data$data$data
logon 1 imap
1: a APPEND INBOX {1500}
1= a NO [OVERQUOTA] *   ## ERR_QUOTA
1: b SELECT INBOX
1* b OK *
1: c COPY 1 INBOX
1= c NO [OVERQUOTA] *
1: d APPEND INBOX {lit:Subject: small\r\n\r\n}
1? d OK *
1: e LOGOUT
1* e OK *
