# RFC 9208 section 4.1.3: SETQUOTA, for accounts with the user right "set mailbox limits"
mail $address Subject: one\r\n\r\nsome text\r\n
logon 1 imap
1: a SETQUOTA $box (STORAGE 4000)
1= a NO [NOPERM] *set mailbox limits*   ## ERR_PERM
bourse account set $user --user-rights 'Set Mailbox Limits'
1: b SETQUOTA $box (STORAGE 4000 MESSAGE 100)
1= * QUOTA $box (STORAGE 1 4000 MESSAGE 1 100 MAILBOX 6 10000)
1= b OK *
# limits that are not named are no more
1: c SETQUOTA $box (mailbox 12)
1= * QUOTA $box (MAILBOX 6 12)
1= c OK *
1: d GETQUOTA $box
1= * QUOTA $box (MAILBOX 6 12)
1= d OK *
# more folders than there can be are rounded (3.2)
1: e SETQUOTA $box (STORAGE 512 MAILBOX 99999)
1= * QUOTA $box (STORAGE 1 512 MAILBOX 6 10000)
1= e OK *
1: f SETQUOTA $box ()
1= * QUOTA $box (MAILBOX 6 10000)
1= f OK *
1: g SETQUOTA $box (STORAGE 9223372036854775807)
1= * QUOTA $box (MAILBOX 6 10000)
1= g OK *
# what cannot be set
1: h SETQUOTA $box (STORAGE 0)
1= h NO [CANNOT] *
1: i SETQUOTA $box (ANNOTATION-STORAGE 10)
1= i NO [CANNOT] *
1: j SETQUOTA nobody (STORAGE 10)
1= j NO [NONEXISTENT] *
1: k SETQUOTA $box (STORAGE 1 STORAGE 2)
1= k BAD *
1: l SETQUOTA $box (STORAGE 9223372036854775808)
1= l BAD *
1: m SETQUOTA $box STORAGE 5
1= m BAD *
# the limits hold: 1 KiB is full
1: n SETQUOTA $box (STORAGE 1)
1= * QUOTA $box (STORAGE 1 1 MAILBOX 6 10000)
1= n OK *
data 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789
1: o APPEND INBOX {lit:Subject: x\r\n\r\n$data$data$data$data$data$data$data$data$data$data\r\n}
1= o NO [OVERQUOTA] *
# and the right can be taken back
bourse account set $user --user-rights ''
1: p SETQUOTA $box ()
1= p NO [NOPERM] *
1: q LOGOUT
1* q OK *
