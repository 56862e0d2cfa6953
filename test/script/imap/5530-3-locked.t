# RFC 5530 section 3: an account that failed logons have locked; before the right password there is nothing to be seen of it
bourse domain add LOCKS --mail locks.example --lockout-threshold 3 --lockout-duration 0
bourse account add LOCKS\\eve --password-stdin < $password
bourse mailbox add eve-locks --account LOCKS\\eve --address eve@locks.example
connect 1 imap
1= * OK *
1: a LOGIN eve@locks.example $password
1= a OK *
connect 2 imap
2= * OK *
2: a LOGIN eve@locks.example wrong
2= a NO [AUTHENTICATIONFAILED] *
2: b LOGIN eve@locks.example wrong
2= b NO [AUTHENTICATIONFAILED] *
# one count for all protocols
connect 3 pop3
3= +OK *
3: USER eve@locks.example
3= +OK *
3: PASS wrong
3= -ERR [AUTH] *
2: c LOGIN eve@locks.example $password
2= c NO [CONTACTADMIN] the account LOCKS\\eve is locked *   ## ERR_LOCKED
2: d LOGIN eve@locks.example wrong
2= d NO [AUTHENTICATIONFAILED] *
# who is in stays in
1: b NOOP
1= b OK *
bourse account unlock LOCKS\\eve
2: e LOGIN eve@locks.example wrong
2= e NO [AUTHENTICATIONFAILED] *
2: f LOGIN eve@locks.example $password
2= f OK *
# a stranger, from where it has never logged on, does not even learn that he has the right password
bourse account add LOCKS\\mallory --password-stdin < $password
bourse mailbox add mallory-locks --account LOCKS\\mallory --address mallory@locks.example
connect 4 imap
4= * OK *
4: a LOGIN mallory@locks.example wrong
4= a NO [AUTHENTICATIONFAILED] *
4: b LOGIN mallory@locks.example wrong
4= b NO [AUTHENTICATIONFAILED] *
4: c LOGIN mallory@locks.example wrong
4= c NO [AUTHENTICATIONFAILED] *
4: d LOGIN mallory@locks.example $password
4= d NO [AUTHENTICATIONFAILED] *
bourse account unlock LOCKS\\mallory
4: e LOGIN mallory@locks.example $password
4= e OK *
