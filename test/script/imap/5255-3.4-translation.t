# RFC 5255 section 3.4: prefixes of names in the user's language, in LANGUAGE's and in NAMESPACE's response
logon 1 imap
1: a NAMESPACE
1= * NAMESPACE (("" "/")) (("Other Users/" "/")) NIL
1= a OK NAMESPACE completed
1: b LANGUAGE DE-IT
1= * LANGUAGE (de)
1= * NAMESPACE (("" "/")) (("Other Users/" "/" "TRANSLATION" ("Andere Benutzer/"))) NIL
1= b OK LANGUAGE ausgeführt
1: c NAMESPACE
1= * NAMESPACE (("" "/")) (("Other Users/" "/" "TRANSLATION" ("Andere Benutzer/"))) NIL
1= c OK NAMESPACE ausgeführt
1: d ENABLE IMAP4rev2
1= * ENABLED IMAP4rev2
1= d OK ENABLE ausgeführt
1: e NAMESPACE
1= * NAMESPACE (("" "/")) (("Other Users/" "/" "TRANSLATION" ("Andere Benutzer/"))) NIL
1= e OK *
# it is a translation, not another name
1: f STATUS "Andere Benutzer/x" (MESSAGES)
1= f NO [NONEXISTENT] *
# languages without prefixes of their own
1: g LANGUAGE en
1= * LANGUAGE (en)
1= * NAMESPACE (("" "/")) (("Other Users/" "/")) NIL
1= g OK LANGUAGE completed
1: h NAMESPACE
1= * NAMESPACE (("" "/")) (("Other Users/" "/")) NIL
1= h OK *
