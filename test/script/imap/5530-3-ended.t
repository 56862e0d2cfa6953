# RFC 5530 section 3, RFC 9051 section 7.1.5: what ends a session from outside, and the reason that it hears
logon 1 imap
another other
connect 2 imap
2= * OK *
2: a LOGIN $other $password
2= a OK *
2: b SELECT INBOX
2* b OK *
2: c IDLE
2= + *
bourse account password $other --password-stdin < another horse battery
2= * BYE [EXPIRED] *   ## ERR_ENDED
2!
connect 3 imap
3= * OK *
3: a LOGIN $other $password
3= a NO [AUTHENTICATIONFAILED] *
3: b LOGIN $other "another horse battery"
3= b OK *
bourse account set $other "--hours=$not_today 08-18"
3= * BYE this account may not log on at this hour
3!
bourse account set $other --hours always
connect 4 imap
4= * OK *
4: a LOGIN $other "another horse battery"
4= a OK *
bourse account set $other --expires 2001-01-01
4= * BYE the account or its password has expired
4!
bourse account set $other --expires never
connect 5 imap
5= * OK *
5: a LOGIN $other "another horse battery"
5= a OK *
# what is no reason
bourse account set $other --full-name 'Another Name' --must-change --rename renamed-$other_box
5: b NOOP
5= b OK *
bourse account set DOM\\renamed-$other_box --disabled
5= * BYE this account is disabled
5!
# nobody else's
1: a NOOP
1= a OK *
