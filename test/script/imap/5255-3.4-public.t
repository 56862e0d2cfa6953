# RFC 5255 section 3.4: the prefix of the public store, in modified UTF-7 whatever else is switched on
# server: public
logon 1 imap
1: a LANGUAGE de
1= * LANGUAGE (de)
1= * NAMESPACE (("" "/")) (("Other Users/" "/" "TRANSLATION" ("Andere Benutzer/"))) (("Public Folders/" "/" "TRANSLATION" ("&ANY-ffentliche Ordner/")))
1= a OK *
1: b ENABLE UTF8=ACCEPT
1= * ENABLED *
1= b OK *
1: c NAMESPACE
1= * NAMESPACE * (("Public Folders/" "/" "TRANSLATION" ("&ANY-ffentliche Ordner/")))
1= c OK NAMESPACE ausgeführt
