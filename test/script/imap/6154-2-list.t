# RFC 6154 section 2, RFC 5258 sections 3 and 6: LIST with SPECIAL-USE and the other options
logon 1 imap
1: a LIST (SPECIAL-USE) "" "*"
1& * LIST (\HasNoChildren \Drafts) "/" Drafts
1& * LIST (\HasNoChildren \Sent) "/" Sent
1& * LIST (\HasNoChildren \Trash) "/" Trash
1& * LIST (\HasNoChildren \Junk) "/" Junk
1& * LIST (\HasNoChildren \Archive) "/" Archive
1= a OK *
1: b CREATE one/two
1= b OK *
1: c CREATE gone
1= c OK *
1: d LIST "" "%" RETURN (SPECIAL-USE)
1& * LIST (\HasNoChildren) "/" INBOX
1& * LIST (\HasNoChildren \Drafts) "/" Drafts
1& * LIST (\HasNoChildren \Sent) "/" Sent
1& * LIST (\HasNoChildren \Trash) "/" Trash
1& * LIST (\HasNoChildren \Junk) "/" Junk
1& * LIST (\HasNoChildren \Archive) "/" Archive
1& * LIST (\HasChildren) "/" one
1& * LIST (\HasNoChildren) "/" gone
1= d OK *
# many patterns: each name once
1: e LIST "" (Drafts D% "" {lit:one/%} nothing)
1& * LIST (\HasNoChildren \Drafts) "/" Drafts
1& * LIST (\HasNoChildren) "/" one/two
1= e OK *
1: f LIST on (e e/%)
1= * LIST (\HasChildren) "/" one
1= * LIST (\HasNoChildren) "/" one/two
1= f OK *
# subscriptions, also of a name that is no folder any more
1: g SUBSCRIBE one/two
1= g OK *
1: h SUBSCRIBE gone
1= h OK *
1: i DELETE gone
1= i OK *
1: j LIST (SUBSCRIBED) "" (one* gone)
1= * LIST (\NonExistent \Subscribed \HasNoChildren) "/" gone
1= * LIST (\Subscribed \HasNoChildren) "/" one/two
1= j OK *
1: k LIST "" (one* gone) RETURN (SUBSCRIBED CHILDREN)
1= * LIST (\HasChildren) "/" one
1= * LIST (\Subscribed \HasNoChildren) "/" one/two
1= k OK *
1: l LIST "" (one* gone)
1= * LIST (\HasChildren) "/" one
1= * LIST (\HasNoChildren) "/" one/two
1= l OK *
# every selection option must be met; the usual folders are subscribed from the start
1: m UNSUBSCRIBE Drafts
1= m OK *
1: n LIST (SPECIAL-USE SUBSCRIBED REMOTE) "" (Sent Drafts one/two gone)
1= * LIST (\Subscribed \HasNoChildren \Sent) "/" Sent
1= n OK *
1: o UNSUBSCRIBE Sent
1= o OK *
1: p LIST (SPECIAL-USE SUBSCRIBED) "" Sent
1= p OK *
1: p1 LIST (RECURSIVEMATCH SUBSCRIBED) "" one*
1= * LIST (\Subscribed \HasNoChildren) "/" one/two
1= p1 OK *
# the empty pattern asks for the root in a plain LIST only
1: q LIST () "" ""
1= q OK *
1: r LIST "" "" RETURN ()
1= r OK *
1: s LIST one ("")
1= s OK *
1: t LIST "" ""
1= * LIST (\Noselect) "/" ""
1= t OK *
# what is not known, and RECURSIVEMATCH by itself
1: u LIST (RECURSIVEMATCH) "" *
1= u BAD *
1: v LIST (REMOTE RECURSIVEMATCH) "" *
1= v BAD *
1: w LIST (FOO) "" *
1= w BAD *
1: x LIST "" * RETURN (FOO)
1= x BAD *
1: y LIST "" ()
1= y BAD *
1: z LIST "" * RETURN
1= z BAD *
# as many patterns, and as many octets of them with the reference in front of each, as there is room for
1: A LIST "" (q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q)
1= A OK *
1: B LIST "" (q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q q)
1= B NO [LIMIT] * ## ERR_LIMIT
data xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
1: C LIST $data$data$data$data (a b c d)
1= C OK *
1: D LIST $data$data$data$data (a b c d e)
1= D NO [LIMIT] *
1: E LOGOUT
1* E OK *
