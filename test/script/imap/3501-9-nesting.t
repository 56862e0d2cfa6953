# RFC 3501 section 9: nesting and numbers of things have limits (D2, D4)
mail $address Subject: one\r\n\r\n
logon 1 imap
1: a SELECT INBOX
1* a OK *
repeat 1 1- b SEARCH 
repeat 60000 1- (
repeat 1 1- ALL
repeat 60000 1- )
1: 
1= b NO [LIMIT] *   ## ERR_LIMIT
repeat 1 1- c SEARCH 
repeat 60000 1- NOT 
1: ALL
1= c NO [LIMIT] *
repeat 1 1- c2 SEARCH 
repeat 50 1- NOT 
1: ALL
1= * SEARCH 1
1= c2 OK *
repeat 1 1- d UID FETCH 1
repeat 20000 1- ,1
1:  FLAGS
1= d *
1: e NOOP
1= e OK *
1: f LOGOUT
1* f OK *
connect 2 imap
2= * OK *
repeat 1 2- a ID 
repeat 100000 2- (
2: 
2? * BYE *
2!
