# RFC 3501 section 6.1.3: BYE, then OK, then the end, in every state; nothing is obeyed behind it
connect 1 imap
1= * OK *
1: a LOGOUT x
1= a BAD *
1- b LOGOUT\r\nc NOOP\r\n
1= * BYE *
1= b OK *
1!
logon 2 imap
2: a logout
2= * BYE *
2= a OK *
2!
# \\Deleted messages stay: LOGOUT is no CLOSE
mail $address Subject: stays\r\n\r\n
logon 3 imap
3: a SELECT INBOX
3* a OK *
3: b STORE 1 +FLAGS (\Deleted)
3* b OK *
3- c LOGOUT\r\nd EXPUNGE\r\n
3= * BYE *
3= c OK *
3!
logon 4 imap
4: a STATUS INBOX (MESSAGES)
4= * STATUS INBOX (MESSAGES 1)
4= a OK *
