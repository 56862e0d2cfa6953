# RFC 5255 sections 3.1 to 3.3 and 3.5: LANGUAGE before the logon and after it; RFC 4647 section 3.4: which language a range finds
connect 1 imap
# section 3.1: in the greeting, too; until a client asks, it is i-default
1= * OK [CAPABILITY *LANGUAGE *] * ready *
1: a CAPABILITY
1= * CAPABILITY * LANGUAGE *
1= a OK CAPABILITY completed
# no arguments: what there is
1: b LANGUAGE
1= * LANGUAGE (i-default en de)
1= b OK LANGUAGE completed
# none of them: the one before stays
1: c1 LANGUAGE MUL
1= c1 NO [CANNOT] none of these languages is spoken here   ## ERR_UNSUPPORTED
1: c2 NOOP
1= c2 OK NOOP completed
# in force from the response on, in UTF-8
1: d1 LANGUAGE DE
1= * LANGUAGE (de)
1= d1 OK LANGUAGE ausgeführt
1: d2 LOGIN $user wrong
1= d2 NO [AUTHENTICATIONFAILED] Benutzername oder Kennwort ist falsch   ## ERR_AUTH
1: d3 SELECT INBOX
1= d3 BAD [CLIENTBUG] zuerst bitte anmelden
1: d4 LANGUAGE FR
1= d4 NO [CANNOT] keine dieser Sprachen wird hier gesprochen
1: d5 LANGUAGE "fr" "de_AT"
1= d5 BAD [CLIENTBUG] Syntaxfehler   ## ERR_SYNTAX
1: d6 LANGUAGE {5+}\r\nde-CH "x-klingon"
1= * LANGUAGE (de)
1= d6 OK LANGUAGE ausgeführt
# the first of them that is there, and by its own tag
1: e1 LANGUAGE fr-CA en-CA de
1= * LANGUAGE (en)
1= e1 OK LANGUAGE completed
1: e2 LANGUAGE "*" i-default
1= * LANGUAGE (i-default)
1= e2 OK LANGUAGE completed
1: e3 LANGUAGE "*-DE" de-*-1996
1= e3 BAD *
1: e4 LANGUAGE "*-DE" "de-*-1996"
1= * LANGUAGE (de)
1= e4 OK LANGUAGE ausgeführt
# "default" and "*": what the administrator has set (imap.language)
1: e5 LANGUAGE default
1= * LANGUAGE (i-default)
1= e5 OK LANGUAGE completed
1: e6 LANGUAGE "*"
1= * LANGUAGE (i-default)
1= e6 OK LANGUAGE completed
1: e7 LANGUAGE ""
1= e7 BAD *
1: e8 LANGUAGE de )
1= e8 BAD *
# the logon takes it along: the answer to it is the store's
1: f1 LANGUAGE de
1= * LANGUAGE (de)
1= f1 OK *
1: f2 LOGIN $user $password
1= f2 OK [CAPABILITY * LANGUAGE *] angemeldet an $box
1: f3 SELECT nowhere
1= f3 NO [NONEXISTENT] es gibt keinen solchen Ordner
1: f4 SELECT INBOX
1? * OK [UIDVALIDITY *] die UIDs gelten
1* f4 OK [READ-WRITE] SELECT ausgeführt
1: f5 UID FETCH x FLAGS
1= f5 BAD [CLIENTBUG] Syntaxfehler
1: f6 IDLE
1= + warte auf Neues
1: nonsense
1= f6 BAD [CLIENTBUG] erwartet wurde DONE
1: f7 APPEND nowhere {3}
1= f7 NO [TRYCREATE] es gibt keinen solchen Ordner   ## ERR_NOFOLDER
1: f8 APPEND INBOX {3}
1= + bitte weiter
1: abc
1? f8 OK [APPENDUID *] APPEND ausgeführt
1: f9 SETACL INBOX $user lrs
1= f9 NO [CANNOT] wem ein Postfach gehört, *
1: g1 LANGUAGE
1= * LANGUAGE (i-default en de)
1= g1 OK LANGUAGE ausgeführt
1: g2 LANGUAGE mul
1= g2 NO [CANNOT] keine dieser Sprachen wird hier gesprochen
1: g3 LANGUAGE de-
1= g3 BAD [CLIENTBUG] Syntaxfehler
1: g4 LANGUAGE en
1= * LANGUAGE (en)
1= * NAMESPACE (("" "/")) (("Other Users/" "/")) NIL
1= g4 OK LANGUAGE completed
1: g5 STATUS nowhere (MESSAGES)
1= g5 NO [NONEXISTENT] no such folder
1: g6 LANGUAGE "default"
1= * LANGUAGE (i-default)
1= g6 OK LANGUAGE completed
1: g7 LANGUAGE DE
1= * LANGUAGE (de)
1= * NAMESPACE *
1= g7 OK LANGUAGE ausgeführt
# RFC 8437 section 3: as it was before
1: h1 UNAUTHENTICATE
1= h1 OK UNAUTHENTICATE ausgeführt
1: h2 NOOP
1= h2 OK NOOP completed
1: h3 LANGUAGE de
1= * LANGUAGE (de)
1= h3 OK *
# sections 3.1 and 7: whoever stood between may have chosen it before TLS
1: h4 STARTTLS
1= h4 OK TLS kann beginnen
1~
1: h5 NOOP
1= h5 OK NOOP completed
1: h6 LANGUAGE de
1= * LANGUAGE (de)
1= h6 OK *
1: h7 LOGIN $user $password
1= h7 OK [*] angemeldet an $box
1: h8 LOGOUT
1= * BYE der Bourse-IMAP4rev1-Server * verabschiedet sich
1= h8 OK LOGOUT ausgeführt
1!
# somebody else's is its own
logon 2 imap
2: i NOOP
2= i OK NOOP completed
