# RFC 1939 sections 3 and 5: RETR sends the message, dots doubled
mail $address Subject: dots\r\n\r\n.\r\n..\r\n...three\r\nlast\r\n
logon 1 pop3
1: RETR
1= -ERR *
1: RETR 0
1= -ERR *
1: RETR 2
1= -ERR *
1: RETR -1
1= -ERR *
1: RETR 1x
1= -ERR *
1: RETR 1
1= +OK *
1= Return-Path: <sender@example.net>
1= Received: from client.example (*
1= \tby *
1= \tid *
1= Subject: dots
1= 
1= ..
1= ...
1= ....three
1= last
1= .
1: DELE 1
1= +OK *
1: RETR 1
1= -ERR *
1: QUIT
1= +OK *
