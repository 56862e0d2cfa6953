# RFC 9208 section 4.3.1: OVERQUOTA, untagged for a soft limit and tagged for a hard one; ALERT when a folder is opened
data 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\r\n
bourse mailbox set $box --quota-warn 1K --quota-send 4K --quota-receive 5K
logon 1 imap
1: a SELECT INBOX
1* * OK [HIGHESTMODSEQ *
1= a OK *
1: b APPEND INBOX {lit:Subject: crosses\r\n\r\n$data$data$data$data$data$data$data$data$data$data$data}
1= * 1 EXISTS
1= * 1 RECENT
1= * NO [OVERQUOTA] *nearly full*
1= b OK [APPENDUID *
# once
1: c COPY 1 INBOX
1= * 2 EXISTS
1= * 2 RECENT
1= c OK *
1: d COPY 1:2 INBOX
1= * 4 EXISTS
1= * 4 RECENT
1= * NO [OVERQUOTA] *sending limit*
1= d OK *
1: e COPY 1:4 INBOX
1= e NO [OVERQUOTA] *   ## ERR_QUOTA
1: f APPEND INBOX {2000}
1= f NO [OVERQUOTA] *
# whoever comes now is told when a folder is opened, and once
logon 2 imap
2: g NOOP
2= g OK *
2: h EXAMINE INBOX
2? * NO [ALERT] *sending limit*
2= h OK *
2: i EXAMINE INBOX
2* * OK [HIGHESTMODSEQ *
2= i OK *
# it is told anew when it happens anew
1: j STORE 1:4 +FLAGS.SILENT (\\Deleted)
1= j OK *
1: k EXPUNGE
1* k OK *
1: l APPEND INBOX {lit:Subject: crosses\r\n\r\n$data$data$data$data$data$data$data$data$data$data$data}
1= * 1 EXISTS
1= * 1 RECENT
1= * NO [OVERQUOTA] *nearly full*
1= l OK *
# without a folder, only a command that adds hears of it
logon 3 imap
bourse mailbox set $box --quota-warn 1K --quota-send 1K --quota-receive 5K
3: m STATUS INBOX (MESSAGES)
3= * STATUS INBOX (MESSAGES 1)
3= m OK *
3: n APPEND Trash {lit:Subject: small\r\n\r\n}
3= * NO [OVERQUOTA] *sending limit*
3= n OK *
