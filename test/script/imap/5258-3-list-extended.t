# RFC 5258 sections 3 and 5, RFC 9051 section 6.3.9: LIST with options, examples 2, 3, 5, 6 and 7
logon 1 imap
1: a CAPABILITY
1= * CAPABILITY * LIST-EXTENDED*
1= a OK *
1: b1 CREATE Fruit/Apple
1= b1 OK *
1: b2 CREATE Fruit/Banana
1= b2 OK *
1: b3 CREATE Fruit/Peach
1= b3 OK *
1: b4 CREATE Vegetable/Broccoli
1= b4 OK *
1: b5 CREATE Vegetable/Corn
1= b5 OK *
1: b6 SUBSCRIBE Fruit/Banana
1= b6 OK *
1: b7 SUBSCRIBE Fruit/Peach
1= b7 OK *
1: b8 SUBSCRIBE Vegetable
1= b8 OK *
1: b9 SUBSCRIBE Vegetable/Broccoli
1= b9 OK *
1: b10 DELETE Fruit/Peach
1= b10 OK *
# exactly the subscribed names, also one that does not exist
1: c LIST (SUBSCRIBED) "" (Fruit* Vegetable*)
1= * LIST (\Subscribed \HasNoChildren) "/" Fruit/Banana
1= * LIST (\NonExistent \Subscribed \HasNoChildren) "/" Fruit/Peach
1= * LIST (\Subscribed \HasChildren) "/" Vegetable
1= * LIST (\Subscribed \HasNoChildren) "/" Vegetable/Broccoli
1= c OK *
# an empty list of options is an extended LIST, and so are brackets around the pattern
1: d LIST () "" "Veg%" RETURN (CHILDREN)
1= * LIST (\HasChildren) "/" Vegetable
1= d OK *
1: d2 LIST () "" ""
1= d2 OK *
1: d3 LIST "" ("")
1= d3 OK *
1: d4 LIST "" "" RETURN (SUBSCRIBED)
1= d4 OK *
1: d5 LIST "" ("" Fruit "" Fru%)
1= * LIST (\HasChildren) "/" Fruit
1= d5 OK *
# all folders are local, so that REMOTE shows no more
1: e LIST (REMOTE SUBSCRIBED) "" Vegetable*
1= * LIST (\Subscribed \HasChildren) "/" Vegetable
1= * LIST (\Subscribed \HasNoChildren) "/" Vegetable/Broccoli
1= e OK *
# return options tell more of what is selected, and never of more names
1: f LIST (REMOTE) "" Fruit* RETURN (SUBSCRIBED)
1= * LIST (\HasChildren) "/" Fruit
1= * LIST (\HasNoChildren) "/" Fruit/Apple
1= * LIST (\Subscribed \HasNoChildren) "/" Fruit/Banana
1= f OK *
# the reference stands in front of each pattern
1: g LIST () Fruit/ (A% B% "")
1= * LIST (\HasNoChildren) "/" Fruit/Apple
1= * LIST (\HasNoChildren) "/" Fruit/Banana
1= g OK *
# options in any case and any order, twice or not
1: h LIST (subscribed remote Subscribed) "" Vegetable RETURN (children Subscribed CHILDREN)
1= * LIST (\Subscribed \HasChildren) "/" Vegetable
1= h OK *
# \HasChildren counts what exists: the last child's name may stay subscribed
1: i1 CREATE lone/child
1= i1 OK *
1: i2 SUBSCRIBE lone/child
1= i2 OK *
1: i3 LIST "" lone RETURN (CHILDREN)
1= * LIST (\HasChildren) "/" lone
1= i3 OK *
1: i4 DELETE lone/child
1= i4 OK *
1: i5 LIST "" lone RETURN (CHILDREN)
1= * LIST (\HasNoChildren) "/" lone
1= i5 OK *
# a folder that was deleted above others is no folder, and is not subscribed
1: j1 CREATE keep/me
1= j1 OK *
1: j2 DELETE keep
1= j2 OK *
1: j3 LIST "" keep% RETURN (SUBSCRIBED CHILDREN)
1= * LIST (\Noselect \HasChildren) "/" keep
1= j3 OK *
# a subscribed name that a pattern matches is told with what it is once more when there is a folder of it again
1: k1 CREATE Fruit/Peach
1= k1 OK *
1: k2 LIST (SUBSCRIBED) "" Fruit/P*
1= * LIST (\Subscribed \HasNoChildren) "/" Fruit/Peach
1= k2 OK *
# what the server does not know
1: l1 LIST (XYZZY) "" "*"
1= l1 BAD *
1: l2 LIST "" "*" RETURN (XYZZY)
1= l2 BAD *
1: l3 LIST (CHILDREN) "" "*"
1= l3 BAD *
1: l4 LIST "" "*" RETURN (REMOTE)
1= l4 BAD *
1: m LOGOUT
1* m OK *
