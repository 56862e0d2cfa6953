# RFC 5255 section 3.2: "default" is the language that the administrator prefers; nobody gets it unasked
# server: german
connect 1 imap
1= * OK [*] * Bourse IMAP4 ready *
1: a LANGUAGE default
1= * LANGUAGE (de)
1= a OK LANGUAGE ausgeführt
1: b LANGUAGE fr "*"
1= * LANGUAGE (de)
1= b OK LANGUAGE ausgeführt
logon 2 imap
2: c NOOP
2= c OK NOOP completed
2: d LANGUAGE mul default
2= * LANGUAGE (de)
2= * NAMESPACE (("" "/")) (("Other Users/" "/" "TRANSLATION" ("Andere Benutzer/"))) NIL
2= d OK LANGUAGE ausgeführt
