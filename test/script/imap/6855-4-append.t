# RFC 6855 section 4: APPEND with UTF8 (~{...}), alone and among others
logon 1 imap
1: a APPEND INBOX (\Seen) UTF8 (~{17+}\r\nSubject: a\r\n\r\nb\r\n)
1= a OK [APPENDUID * 1] *
1: b APPEND INBOX utf8 (~{17}
1= + *
1- Subject: c\r\n\r\nd\r\n
1: ) (\Flagged) {lit:Subject: e\r\n\r\n}
1= b OK [APPENDUID * 2:3] *
1: c APPEND INBOX UTF8 ({lit:Subject: c\r\n\r\n})
1= c BAD *
1: d APPEND INBOX UTF8 (~{14+}\r\nSubject: c\r\n\r\n
1= d BAD *
1: e APPEND INBOX UTF8 ~{14+}\r\nSubject: c\r\n\r\n
1= e BAD *
1: f STATUS INBOX (MESSAGES)
1= * STATUS INBOX (MESSAGES 3)
1= f OK *
1: g LOGOUT
1* g OK *
