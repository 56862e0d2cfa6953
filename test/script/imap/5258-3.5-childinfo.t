# RFC 5258 sections 3.1, 3.3 and 3.5, examples 8, 9 and 10 of section 5; RFC 9051 section 6.3.9.6: RECURSIVEMATCH and CHILDINFO
logon 1 imap
1: a1 CREATE Foo/Bar
1= a1 OK *
1: a2 CREATE Foo/Baz
1= a2 OK *
1: a3 SUBSCRIBE Foo/Baz
1= a3 OK *
# without the option a parent that is not subscribed itself is not told
1: a4 LIST (SUBSCRIBED) "" "Fo%"
1= a4 OK *
1: a5 LIST (SUBSCRIBED RECURSIVEMATCH) "" "Fo%"
1= * LIST (\HasChildren) "/" Foo ("CHILDINFO" ("SUBSCRIBED"))
1= a5 OK *
# the parent meets the criteria as well
1: a6 SUBSCRIBE Foo
1= a6 OK *
1: a7 LIST (SUBSCRIBED RECURSIVEMATCH) "" "Fo%"
1= * LIST (\Subscribed \HasChildren) "/" Foo ("CHILDINFO" ("SUBSCRIBED"))
1= a7 OK *
# it has children, and none of them is subscribed
1: a8 UNSUBSCRIBE Foo/Baz
1= a8 OK *
1: a9 LIST (SUBSCRIBED RECURSIVEMATCH) "" "Fo%" RETURN (CHILDREN)
1= * LIST (\Subscribed \HasChildren) "/" Foo
1= a9 OK *
1: a10 UNSUBSCRIBE Foo
1= a10 OK *
1: a11 LIST (SUBSCRIBED RECURSIVEMATCH) "" "Fo%"
1= a11 OK *
# a level that does not exist, above a subscribed name that does not exist either
1: b1 SUBSCRIBE none/such/name
1= b1 OK *
1: b2 LIST (SUBSCRIBED RECURSIVEMATCH) "" "n%"
1= * LIST (\NonExistent \HasNoChildren) "/" none ("CHILDINFO" ("SUBSCRIBED"))
1= b2 OK *
1: b3 LIST (SUBSCRIBED RECURSIVEMATCH) "" (none none/such)
1& * LIST (\NonExistent \HasNoChildren) "/" none ("CHILDINFO" ("SUBSCRIBED"))
1& * LIST (\NonExistent \HasNoChildren) "/" none/such ("CHILDINFO" ("SUBSCRIBED"))
1= b3 OK *
1: b4 LIST (SUBSCRIBED) "" "n%"
1= b4 OK *
1: b5 LIST "" "n*"
1= b5 OK *
1: b6 SUBSCRIBE none
1= b6 OK *
1: b7 LIST (SUBSCRIBED RECURSIVEMATCH) "" "n%"
1= * LIST (\NonExistent \Subscribed \HasNoChildren) "/" none ("CHILDINFO" ("SUBSCRIBED"))
1= b7 OK *
# example 9: what matches is told itself, and a parent only when some name below it is not
1: c1 CREATE foo2/bar1
1= c1 OK *
1: c2 CREATE foo2/bar2
1= c2 OK *
1: c3 CREATE baz2/bar2
1= c3 OK *
1: c4 CREATE baz2/bar22
1= c4 OK *
1: c5 CREATE baz2/bar222
1= c5 OK *
1: c6 CREATE eps2/mamba
1= c6 OK *
1: c7 CREATE qux2/bar2
1= c7 OK *
1: d1 SUBSCRIBE foo2/bar1
1= d1 OK *
1: d2 SUBSCRIBE foo2/bar2
1= d2 OK *
1: d3 SUBSCRIBE baz2/bar2
1= d3 OK *
1: d4 SUBSCRIBE baz2/bar22
1= d4 OK *
1: d5 SUBSCRIBE baz2/bar222
1= d5 OK *
1: d6 SUBSCRIBE eps2
1= d6 OK *
1: d7 SUBSCRIBE eps2/mamba
1= d7 OK *
1: d8 SUBSCRIBE qux2/bar2
1= d8 OK *
1: e1 LIST (RECURSIVEMATCH SUBSCRIBED) "" "*2"
1& * LIST (\HasChildren) "/" foo2 ("CHILDINFO" ("SUBSCRIBED"))
1& * LIST (\Subscribed \HasNoChildren) "/" foo2/bar2
1& * LIST (\Subscribed \HasNoChildren) "/" baz2/bar2
1& * LIST (\Subscribed \HasNoChildren) "/" baz2/bar22
1& * LIST (\Subscribed \HasNoChildren) "/" baz2/bar222
1& * LIST (\Subscribed \HasChildren) "/" eps2 ("CHILDINFO" ("SUBSCRIBED"))
1& * LIST (\Subscribed \HasNoChildren) "/" qux2/bar2
1= e1 OK *
# the order of the options means nothing, nor does one that is given twice or REMOTE beside them; one answer for each name
1: e2 LIST (SUBSCRIBED REMOTE RECURSIVEMATCH SUBSCRIBED RECURSIVEMATCH) "" (eps2 e% eps2)
1= * LIST (\Subscribed \HasChildren) "/" eps2 ("CHILDINFO" ("SUBSCRIBED"))
1= e2 OK *
# a name that only begins like another's parent is not below it
1: f1 CREATE eps2-more
1= f1 OK *
1: f2 SUBSCRIBE eps2-more/x
1= f2 OK *
1: f3 UNSUBSCRIBE eps2/mamba
1= f3 OK *
1: f4 LIST (SUBSCRIBED RECURSIVEMATCH) "" "ep%"
1& * LIST (\Subscribed \HasChildren) "/" eps2
1& * LIST (\HasNoChildren) "/" eps2-more ("CHILDINFO" ("SUBSCRIBED"))
1= f4 OK *
# example 10: CHILDINFO does not mean \HasChildren
1: g1 CREATE top/sub
1= g1 OK *
1: g2 SUBSCRIBE top/sub
1= g2 OK *
1: g3 DELETE top/sub
1= g3 OK *
1: g4 LIST (SUBSCRIBED) "" "top/*"
1= * LIST (\NonExistent \Subscribed \HasNoChildren) "/" top/sub
1= g4 OK *
1: g5 LIST (SUBSCRIBED RECURSIVEMATCH) "" top RETURN (CHILDREN)
1= * LIST (\HasNoChildren) "/" top ("CHILDINFO" ("SUBSCRIBED"))
1= g5 OK *
# both criteria have to be met below; the levels need not
1: h1 CREATE up/down
1= h1 OK *
1: h2 SUBSCRIBE up/down
1= h2 OK *
1: h3 LIST (SUBSCRIBED SPECIAL-USE RECURSIVEMATCH) "" (up Sent)
1= * LIST (\Subscribed \HasNoChildren \Sent) "/" Sent
1= h3 OK *
# the option by itself
1: i1 LIST (RECURSIVEMATCH) "" "*"
1= i1 BAD *
1: i2 LIST (RECURSIVEMATCH REMOTE) "" "*"
1= i2 BAD *
1: j LOGOUT
1* j OK *
