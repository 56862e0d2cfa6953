# RFC 3516 section 4.4: APPEND with a literal8; NUL and line ends of a binary part go through base64, nothing is lost
logon 1 imap
1: a SELECT INBOX
1* a OK *
1: b APPEND INBOX ~{96}
1= + *
1- Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n\r\nNUL\0 and \nbare\rends
1:
1? * 1 EXISTS
1* b OK [APPENDUID * 1] *
1: c FETCH 1 (BODYSTRUCTURE BODY.PEEK[HEADER] BODY.PEEK[TEXT])
1= * 1 FETCH (BODYSTRUCTURE ("application" "octet-stream" NIL NIL NIL "base64" 30 *) BODY[HEADER] {77}
1= Content-Type: application/octet-stream
1= Content-Transfer-Encoding: base64
1=
1=  BODY[TEXT] {30}
1= {b64:NUL\0 and \nbare\rends}
1= )
1= c OK *
# RFC 7888 section 6: not synchronising
1: d APPEND INBOX (\Seen) ~{17+}\r\nSubject: a\r\n\r\nb\r\n
1? d OK [APPENDUID * 2] *
# what is no binary part holds no NUL
1: e APPEND INBOX ~{20+}\r\nSubject: a\r\n\r\n\0nul\r\n
1= e NO [UNKNOWN-CTE] *
1: f APPEND INBOX ~{49+}\r\nContent-Transfer-Encoding: binary\r\nSubject: \0\r\n\r\n
1= f NO [UNKNOWN-CTE] *
1: g STATUS INBOX (MESSAGES)
1= * STATUS INBOX (MESSAGES 2)
1= g OK *
1: h LOGOUT
1* h OK *
