# RFC 5259 sections 3.1, 5.1 and 5.2: CONVERSIONS
logon 1 imap
1: a CAPABILITY
1= * CAPABILITY * BINARY * CONVERT*
1= a OK *
# allowed before a folder is selected; section 7.1: both parameters
1: b CONVERSIONS "text/plain" "text/plain"
1= * CONVERSION "text/plain" "text/plain" ("charset" "unknown-character-replacement")
1= b OK CONVERSIONS completed
1: b2 conversions TEXT/Plain {lit:Text/*}
1= * CONVERSION "text/plain" "text/plain" ("charset" "unknown-character-replacement")
1= b2 OK *
# nothing that matches: no answer
1: c CONVERSIONS "image/gif" "image/jpeg"
1= c OK *
1: d CONVERSIONS "*" "application/pdf"
1= d OK *
# any part as it is, but for its transfer encoding; it takes no parameters
1: e CONVERSIONS "image/gif" "*"
1= * CONVERSION "image/gif" "image/gif"
1= e OK *
1: e2 CONVERSIONS "image/*" "text/*"
1= e2 OK *
1: f CONVERSIONS "text/csv" "*"
1& * CONVERSION "text/csv" "text/csv" ("charset" "unknown-character-replacement")
1& * CONVERSION "text/csv" "text/plain" ("charset" "unknown-character-replacement")
1= f OK *
1: g CONVERSIONS "*" "text/html"
1= * CONVERSION "text/html" "text/html" ("charset" "unknown-character-replacement")
1= g OK *
1: h CONVERSIONS "text/*" "text/plain"
1? * CONVERSION "text/plain" "text/plain" (*)
1* h OK *
# nothing with parts inside is converted
1: i CONVERSIONS "multipart/mixed" "*"
1= i OK *
1: j CONVERSIONS "message/rfc822" "message/rfc822"
1= j OK *
# section 9: what is no type is BAD
1: k CONVERSIONS "text" "*"
1= k BAD *
1: l CONVERSIONS "*/*" "*"
1= l BAD *
1: m CONVERSIONS "*/plain" "*"
1= m BAD *
1: n CONVERSIONS "*"
1= n BAD *
1: o CONVERSIONS "*" "*" "*"
1= o BAD *
1: p CONVERSIONS * *
1= p BAD *
1: q SELECT INBOX
1* q OK *
1: r CONVERSIONS "text/plain" "text/plain"
1= * CONVERSION *
1= r OK *
1: s LOGOUT
1* s OK *
