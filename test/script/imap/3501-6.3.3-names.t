# RFC 3501 section 5.1: names that are none, and names that only look dangerous (D6)
logon 1 imap
1: a CREATE /x
1= a NO *   ## ERR_FOLDERNAME
1: b CREATE a//b
1= b NO *
1: c CREATE ""
1= c NO *
1: d CREATE /
1= d NO *
# wildcards may stand in a name, though nobody should have such (section 5.1)
1: e CREATE "a%b"
1= e OK *
1: f CREATE "a*b"
1= f OK *
1: f2 LIST "" "a%b"
1= * LIST (\HasNoChildren) "/" "a%b"
1= * LIST (\HasNoChildren) "/" "a*b"
1= f2 OK *
# neither paths nor anything else on a disk
1: g CREATE ../../etc/passwd
1= g NO [CANNOT] *
1: g2 CREATE a/./b
1= g2 NO [CANNOT] *
1: g3 CREATE ..x/y..
1= g3 OK *
1: h CREATE ~root
1= h OK *
1: i CREATE {lit:a\0b}
1= i BAD *
1: j LIST "" ~root
1= * LIST (\HasNoChildren) "/" ~root
1= j OK *
# a name longer than any folder's
repeat 1 1- k CREATE "
repeat 5000 1- x
1: "
1= k NO *
# and too deep
repeat 1 1- l CREATE a
repeat 900 1- /a
1: 
1= l NO *
1: m LOGOUT
1* m OK *
