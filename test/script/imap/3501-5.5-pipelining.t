# RFC 3501 section 5.5: many commands in one piece, answered in order
mail $address Subject: one\r\n\r\ntext\r\n
logon 1 imap
1- a SELECT INBOX\r\nb STORE 1 +FLAGS (\Flagged)\r\nc FETCH 1 (FLAGS)\r\nd SEARCH FLAGGED\r\ne CLOSE\r\nf LOGOUT\r\n
1? a OK *
1= * 1 FETCH (FLAGS (\Flagged \Recent))
1= b OK *
1= * 1 FETCH (FLAGS (\Flagged \Recent))
1= c OK *
1= * SEARCH 1
1= d OK *
1= e OK *
1= * BYE *
1= f OK *
1!
logon 2 imap
repeat 2000 2: n NOOP
2: z LOGOUT
2? * BYE *
2= z OK *
2!
