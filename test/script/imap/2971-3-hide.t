# RFC 2971 sections 3.1 and 3.2, and 5161 section 3.1: what imap.hide hides from whom, and what the server says of itself
# server: hiding
another other
connect 1 imap
1= * OK [CAPABILITY IMAP4rev1 IMAP4rev2 LITERAL- SASL-IR ID *
1: a ID ("name" "Example Mail" "version" "15.9")
1= * ID ("name" "Bourse" "version" "*" "vendor" "Bourse" "support-url" "mailto:help@example.org")
1= a OK *
1: b LOGIN $user $password
1= b OK [CAPABILITY IMAP4rev1 * UIDPLUS * MOVE ESEARCH SORT *] *
# By its name and version, from now on: told at once.
1: c ID ("name" "example mail for x" "version" "16.2")
1= * ID (*
1= * CAPABILITY IMAP4rev1 IMAP4rev2 LITERAL+ SASL-IR IDLE NAMESPACE ID *
1= c OK *
1: d CAPABILITY
1= * CAPABILITY IMAP4rev1 IMAP4rev2 LITERAL+ SASL-IR IDLE NAMESPACE ID *
1= d OK *
1: d1 ENABLE UTF8=ACCEPT
1= * ENABLED
1= d1 OK *
# RFC 6855 section 4 has 8-bit header fields refused where UTF8=ACCEPT is announced only.
1: d2 APPEND Drafts {lit:Subject: \xe4\r\n\r\n}
1= d2 OK *
# What is hidden works for whoever knows it all the same.
1: e SELECT INBOX
1* e OK *
1: f MOVE 1 INBOX
1= f BAD *
1: g UID EXPUNGE 1
1= g OK *
1: h ID ("name" "example mail for x" "version" "17.0")
1= * ID (*
1= * CAPABILITY IMAP4rev1 IMAP4rev2 LITERAL+ SASL-IR IDLE NAMESPACE UIDPLUS ID *
1= h OK *
1: h0 APPEND Drafts {lit:Subject: \xe4\r\n\r\n}
1= h0 NO *
1: h1 ENABLE UTF8=ACCEPT
1= * ENABLED UTF8=ACCEPT
1= h1 OK *
1: i ID ("name" "example mail for x" "version" "18.0")
1= * ID (*
1= i OK *
# Said before the logon, it counts after it.
connect 2 imap
2= * OK *
2: j ID ("version" "16" "name" "Example Mail")
2= * ID (*
2= j OK *
2: k LOGIN $user $password
2= k OK [CAPABILITY IMAP4rev1 IMAP4rev2 LITERAL+ SASL-IR IDLE NAMESPACE ID *
# By account.
connect 3 imap
3= * OK *
3: l LOGIN $other $password
3= l OK [CAPABILITY IMAP4rev1 IMAP4rev2 LITERAL+ SASL-IR IDLE NAMESPACE UIDPLUS ID ENABLE UNSELECT *] *
# Everybody: COMPRESS and UNAUTHENTICATE are refused as well.
3: m COMPRESS DEFLATE
3= m BAD *
3: n UNAUTHENTICATE
3= n BAD *   ## ERR_COMMAND
3: o CREATE x
3= o OK *
# By network, before the logon, too: these two come from this machine.
3: p NAMESPACE
3= * NAMESPACE *
3= p OK *
