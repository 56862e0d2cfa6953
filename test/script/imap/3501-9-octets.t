# RFC 3501 section 9: odd octets (D3)
logon 1 imap
1- a CREATE "a\0b"\r\n
1? a BAD *
1? * BYE *
1!
logon 2 imap
2- a NOOP\nb NOOP\r\n
2? * BYE *
2!
logon 3 imap
3- a CREATE "a\rb"\r\n
3? * BYE *
3!
logon 4 imap
4: a SELECT "INBOX
4= a BAD *
4: b SELECT INBOX"
4= b BAD *
4: c SELECT "INB\\OX"
4= c BAD *
4: d LOGIN "x\\
4= d BAD *
4- e SELECT \xe9\r\n
4= e *
4: f SELECT ""
4= f *
4:  g NOOP
4= * BAD *
4: h  NOOP
4= h BAD *
4: i NOOP 
4= i *
4: * NOOP
4= * BAD *
4/ j noop\r\n
4= j OK *
4: k LOGOUT
4* k OK *
# before logon
connect 5 imap
5= * OK *
5- a LOGIN "a\0b" x\r\n
5? * BYE *
5!
connect 6 imap
6= * OK *
6: a LOGIN "x\\
6= a BAD *
6: b LOGIN {lit:a\0b} x
6= b BAD *
6: c LOGOUT
6* c OK *
