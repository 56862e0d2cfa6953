# RFC 4505 sections 2 and 3: ANONYMOUS, with trace information, and without; RFC 4959: with an initial response
# server: anonymous
mail guests@example.org Subject: for all\r\n\r\n
bourse folder grant guests INBOX anyone lr
connect 1 imap
1= * OK [CAPABILITY * AUTH=ANONYMOUS*] *
1: a AUTHENTICATE ANONYMOUS
1= + 
1: {b64:sirhc}
1= a OK [CAPABILITY *] *
1: b MYRIGHTS INBOX
1= * MYRIGHTS INBOX lr
1= b OK *
1: c LOGOUT
1* c OK *
connect 2 imap
2= * OK *
# no trace information
2: a AUTHENTICATE ANONYMOUS =
2= a OK *
2: b UNAUTHENTICATE
2= b OK *
2: c AUTHENTICATE ANONYMOUS
2= + 
2: *
2= c BAD *
2: d AUTHENTICATE ANONYMOUS
2= + 
2: !!!
2= d BAD *
# malformed UTF-8, a NUL, a token of more than 255 characters
2: e AUTHENTICATE ANONYMOUS {b64:\xff\xfe}
2= e BAD *
2: f AUTHENTICATE ANONYMOUS {b64:a\0b}
2= f BAD *
2: g AUTHENTICATE ANONYMOUS YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh
2= g BAD *
# what is there already stays good
2: h AUTHENTICATE ANONYMOUS {b64:someone@example.net}
2= h OK *
2: i LOGOUT
2* i OK *
