# RFC 9051 section 6.2.2, with the mechanism of MS-NLMP: AUTHENTICATE NTLM; which account and which mailbox is meant
# server: ntlm
ntlm $user
another sales
another other
bourse mailbox grant $sales_box $user
connect 1 imap
1= * OK *
1: a CAPABILITY
1= * CAPABILITY * AUTH=NTLM*
1= a OK *
1: a AUTHENTICATE NTLM
1= + 
1: {ntlm:negotiate}
1= + $c1
1: {ntlm:$c1 user=$name domain=DOM password=$password service=imap/mail.example.org}
1= a OK *
1: b STATUS INBOX (MESSAGES)
1= * STATUS INBOX (MESSAGES 0)
1= b OK *
# SASL-IR; names by octets, as clients have them that know no Unicode; the user of no domain
connect 2 imap
2= * OK *
2: a AUTHENTICATE NTLM {ntlm:negotiate oem}
2= + $c2
2: {ntlm:$c2 user=$name password=$password oem}
2= a OK *
# The client's own name as its domain, as it is where it has none
connect 3 imap
3= * OK *
3: a AUTHENTICATE NTLM {ntlm:negotiate}
3= + $c3
3: {ntlm:$c3 user=$name domain=LAPTOP7 workstation=LAPTOP7 password=$password curl}
3= a OK *
# The mail domain as its domain; a principal name
connect 4 imap
4= * OK *
4: a AUTHENTICATE NTLM {ntlm:negotiate}
4= + $c4
4: {ntlm:$c4 user=$name domain=example.org password=$password}
4= a OK *
connect 5 imap
5= * OK *
5: a AUTHENTICATE NTLM {ntlm:negotiate}
5= + $c5
5: {ntlm:$c5 user=$address password=$password}
5= a OK *
# A domain that nobody has
connect 6 imap
6= * OK *
6: a AUTHENTICATE NTLM {ntlm:negotiate}
6= + $c6
6: {ntlm:$c6 user=$name domain=NOWHERE password=$password}
6= a NO [AUTHENTICATIONFAILED] *
# A mailbox behind the user, by either separator; one without a right to it; one that there is not
connect 7 imap
7= * OK *
7: a AUTHENTICATE NTLM {ntlm:negotiate}
7= + $c7
7: {ntlm:$c7 user=$name/$sales_box domain=DOM password=$password}
7= a OK *
7: b CREATE seen
7= b OK *
7: c LOGOUT
7? c OK *
connect 8 imap
8= * OK *
8: a AUTHENTICATE NTLM {ntlm:negotiate}
8= + $c8
8: {ntlm:$c8 user=$name\\$other_box domain=DOM password=$password}
8= a NO [AUTHORIZATIONFAILED] *
8: a AUTHENTICATE NTLM {ntlm:negotiate}
8= + $c9
8: {ntlm:$c9 user=$name\\nothing_at_all domain=DOM password=$password}
8= a NO [NONEXISTENT] *
# The mailbox that the account has for NTLM, where none is named; for NTLM alone
bourse account set $user --ntlm-mailbox $sales_box
8: a AUTHENTICATE NTLM {ntlm:negotiate}
8= + $d1
8: {ntlm:$d1 user=$name domain=DOM password=$password}
8= a OK *
8: b STATUS seen (MESSAGES)
8= * STATUS seen (MESSAGES 0)
8= b OK *
connect 9 imap
9= * OK *
9: a LOGIN $user $password
9* a OK *
9: b STATUS seen (MESSAGES)
9= b NO *
# Off for the account: its hash is gone, and comes back with the next password only
bourse account set $user --no-ntlm
connect 10 imap
10= * OK *
10: a AUTHENTICATE NTLM {ntlm:negotiate}
10= + $d2
10: {ntlm:$d2 user=$name domain=DOM password=$password}
10= a NO [AUTHENTICATIONFAILED] *
bourse account set $user --ntlm
10: a AUTHENTICATE NTLM {ntlm:negotiate}
10= + $d3
10: {ntlm:$d3 user=$name domain=DOM password=$password}
10= a NO [AUTHENTICATIONFAILED] *
ntlm $user
10: a AUTHENTICATE NTLM {ntlm:negotiate}
10= + $d4
10: {ntlm:$d4 user=$name domain=DOM password=$password}
10= a OK *
# Cancelled; not base64; cut off
connect 11 imap
11= * OK *
11: a AUTHENTICATE NTLM {ntlm:negotiate}
11= + $d5
11: *
11= a BAD *
11: a AUTHENTICATE NTLM
11= + 
11: ====
11= a BAD *
11: a AUTHENTICATE NTLM {b64:NTLMSSP}
11= a BAD *
