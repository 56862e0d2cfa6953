# RFC 3501 section 6.2.3: LOGIN, its arguments as atom, quoted string and literal
connect 1 imap
1= * OK *
1: a LOGIN
1= a BAD *
1: b LOGIN $user
1= b BAD *
1: c LOGIN $user wrong
1= c NO [AUTHENTICATIONFAILED] $text*
1: d LOGIN DOM\\nobody wrong
1= d NO [AUTHENTICATIONFAILED] $text*
1: e LOGIN "DOM\\\\$box" "$password"
1= e OK *
1: f LOGIN $user $password
1= f BAD *
1: g LOGOUT
1* g OK *
connect 2 imap
2= * OK *
2- a LOGIN {b64:}{lit:DOM\\x}
2.
connect 3 imap
3= * OK *
3: a LOGIN {6}
3= + *
3: nobody {5}
3= + *
3: wrong
3= a NO [AUTHENTICATIONFAILED] *
3: b LOGIN {lit:nobody} {lit:wrong}
3= b NO [AUTHENTICATIONFAILED] *
# pipelined through the hand-over
3- c LOGIN $user $password\r\nd SELECT INBOX\r\ne LOGOUT\r\n
3= c OK *
3? d OK *
3= * BYE *
3= e OK *
3!
