# RFC 5257 sections 4.1 and 4.5: ANNOTATE TOOBIG and ANNOTATE TOOMANY
mail $address Subject: one\r\n\r\n1\r\n
logon 1 imap
1: a SELECT INBOX
1* a OK *
# 65536 octets are kept, one more is not
repeat 1 1- b STORE 1 ANNOTATION (/vendor/x/0 (value.priv {65536+}\r\n
repeat 65536 1- x
1: ))
1= b OK *
repeat 1 1- c STORE 1 ANNOTATION (/vendor/x/1 (value.priv {65537+}\r\n
repeat 65537 1- x
1: ))
1= c NO [ANNOTATE TOOBIG] *   ## ERR_NOTESIZE
1: d FETCH 1 (ANNOTATION (* size.priv))
1= * 1 FETCH (ANNOTATION (/vendor/x/0 (size.priv "65536")))
1= d OK *
# 512 KiB of one message
repeat 1 1- e1 STORE 1 ANNOTATION (/vendor/x/1 (value.priv {65536+}\r\n
repeat 65536 1- x
1: ))
1= e1 OK *
repeat 1 1- e2 STORE 1 ANNOTATION (/vendor/x/2 (value.priv {65536+}\r\n
repeat 65536 1- x
1: ))
1= e2 OK *
repeat 1 1- e3 STORE 1 ANNOTATION (/vendor/x/3 (value.priv {65536+}\r\n
repeat 65536 1- x
1: ))
1= e3 OK *
repeat 1 1- e4 STORE 1 ANNOTATION (/vendor/x/4 (value.priv {65536+}\r\n
repeat 65536 1- x
1: ))
1= e4 OK *
repeat 1 1- e5 STORE 1 ANNOTATION (/vendor/x/5 (value.priv {65536+}\r\n
repeat 65536 1- x
1: ))
1= e5 OK *
repeat 1 1- e6 STORE 1 ANNOTATION (/vendor/x/6 (value.priv {65536+}\r\n
repeat 65536 1- x
1: ))
1= e6 OK *
repeat 1 1- f STORE 1 ANNOTATION (/vendor/x/7 (value.priv {65536+}\r\n
repeat 65536 1- x
1: ))
1= f NO [ANNOTATE TOOMANY] *   ## ERR_TOOMANYNOTES
repeat 1 1- g APPEND INBOX ANNOTATION (/comment (value.priv {65537+}\r\n
repeat 65537 1- x
1: )) {lit:Subject: x\r\n\r\n}
1= g NO [ANNOTATE TOOBIG] *
1: h STATUS INBOX (MESSAGES)
1= * STATUS INBOX (MESSAGES 1)
1= h OK *
1: i FETCH 1 (ANNOTATION (/vendor/x/7 size.priv))
1= * 1 FETCH (ANNOTATION (/vendor/x/7 (size.priv "0")))
1= i OK *
1: j STORE 1 ANNOTATION (/vendor/x/1 (value.priv NIL) /vendor/x/7 (value.priv "x"))
1= j OK *
1: k LOGOUT
1* k OK *
