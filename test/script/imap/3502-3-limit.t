# RFC 3502 section 3: more messages than one change of the store holds are refused whole
logon 1 imap
1- a APPEND INBOX
repeat 500 1-  {1+}\r\nx
1:
1? a OK [APPENDUID $validity 1:500] *
1- b APPEND INBOX
repeat 501 1-  {1+}\r\nx
1:
1= b NO [LIMIT] too many messages*   ## ERR_LIMIT
1: c STATUS INBOX (MESSAGES)
1= * STATUS INBOX (MESSAGES 500)
1= c OK *
1: d LOGOUT
1* d OK *
