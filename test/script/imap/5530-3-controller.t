# RFC 5530 section 3: UNAVAILABLE when the domain's controllers cannot be asked, for every name
bourse domain add FARTHEST --backend ldap --controllers ldap://127.0.0.1:1 --no-starttls --base dc=far
connect 1 imap
1= * OK *
1: a LOGIN "FARTHEST\\\\alice" secret
1= a NO [UNAVAILABLE] *   ## ERR_NOCONTROLLER
1: b LOGIN "FARTHEST\\\\bob" secret
1= b NO [UNAVAILABLE] *   ## ERR_NOCONTROLLER
1: c LOGOUT
1* c OK *
