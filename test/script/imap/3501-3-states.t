# RFC 3501 section 3: commands of a later state are BAD in an earlier one, those of an earlier one in a later
connect 1 imap
1= * OK *
1: a SELECT INBOX
1= a BAD *
1: b LIST "" *
1= b BAD *
1: c FETCH 1 FLAGS
1= c BAD *
1: d EXPUNGE
1= d BAD *
1: e IDLE
1= e BAD *
1: f XYZZY
1= f BAD *   ## ERR_COMMAND
1: g UID NOOP
1= g BAD *
1: h LOGIN $user $password
1= h OK *
1: i FETCH 1 FLAGS
1= i BAD *
1: j CHECK
1= j BAD *
1: k CLOSE
1= k BAD *
1: l UNSELECT
1= l BAD *
1: m EXPUNGE
1= m BAD *
1: n UID SEARCH ALL
1= n BAD *
1: o STORE 1 FLAGS ()
1= o BAD *
1: p COPY 1 INBOX
1= p BAD *
1: q UID MOVE 1 INBOX
1= q BAD *
1: r SELECT INBOX
1* r OK *
1: s LOGIN $user $password
1= s BAD *
1: t UID SELECT INBOX
1= t BAD *
1: u XYZZY
1= u BAD *
1: v LOGOUT
1* v OK *
