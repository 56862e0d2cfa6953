# RFC 8437 sections 3, 4.1 and 6: UNAUTHENTICATE leads back before the logon, and leaves nothing of the session behind
another second
connect 1 imap
1= * OK *
1: a UNAUTHENTICATE
1= a BAD *   ## ERR_SEQUENCE
1: b LOGIN $user $password
1= b OK [CAPABILITY * UNAUTHENTICATE*
1: c UNAUTHENTICATE now
1= c BAD *
1: d NOOP
1= d OK *
1: e UNAUTHENTICATE
1= e OK *
1: f SELECT INBOX
1= f BAD *
1: g CAPABILITY
1= * CAPABILITY IMAP4rev1 IMAP4rev2 LITERAL- *
1= g OK *
# Somebody else on the same connection, in one go; what was selected is not.
1: h LOGIN $second $password
1= h OK *
1: i CREATE only-seconds
1= i OK *
1: j SELECT INBOX
1* j OK *
1- k UNAUTHENTICATE\r\nl AUTHENTICATE PLAIN {b64:\0$user\0$password}\r\nm STATUS only-seconds (MESSAGES)\r\nn CLOSE\r\n
1= k OK *
1= l OK *
1= m NO *
1= n BAD *
# No message goes for it, deleted or not; the folder was selected.
1: o APPEND INBOX (\Deleted) {lit:Subject: x\r\n\r\n}
1= o OK *
1: p SELECT INBOX
1? p OK *
1: q UNAUTHENTICATE
1= q OK *
1: r LOGIN $user $password
1= r OK *
1: s STATUS INBOX (MESSAGES)
1= * STATUS INBOX (MESSAGES 1)
1= s OK *
# A wrong password behind it is one.
1: t UNAUTHENTICATE
1= t OK *
1: u LOGIN $user wrong
1= u NO [AUTHENTICATIONFAILED] *
1: v STARTTLS
1= v OK *
1~
1: w LOGIN $user $password
1= w OK *
# Inside TLS: the front still has it.
1: x UNAUTHENTICATE
1= x OK *
1: y STARTTLS
1= y BAD *
1- z LOGIN $second $password\r\na1 UNAUTHENTICATE\r\na2 LOGIN $user $password\r\na3 STATUS INBOX (MESSAGES)\r\n
1= z OK *
1= a1 OK *
1= a2 OK *
1= * STATUS INBOX (MESSAGES 1)
1= a3 OK *
1: a4 LOGOUT
1= * BYE *
1= a4 OK *
1!
