# RFC 7888 sections 5 and 8, RFC 3501 section 9: literals that are too large, or none (D1)
connect 1 imap
1= * OK *
1: a LOGIN {4294967296}
1= a *
1.
connect 2 imap
2= * OK *
2: a LOGIN {2147483647}
2= a NO [TOOBIG] *   ## ERR_TOOBIG
2: b NOOP
2= b OK *
2: c LOGIN {-1}
2= c BAD *
2: d LOGIN {1
2= d BAD *
2: e LOGIN {}
2= e BAD *
2: f LOGIN {1 }
2= f BAD *
2: g NOOP
2= g OK *
2: h LOGOUT
2* h OK *
# not synchronised, the octets are on their way: the stream is lost
connect 3 imap
3= * OK *
3: a LOGIN {2147483647+}
3? * BYE *
3!
connect 4 imap
4= * OK *
4: a LOGIN {4097+}
4? * BYE *
4!
logon 5 imap
5: a CREATE {2147483647}
5= a NO [TOOBIG] *
5: b NOOP
5= b OK *
5: c CREATE {2147483647+}
5? * BYE *
5!
# a message larger than is taken: refused before it is sent
logon 6 imap
6: a APPEND INBOX {2000000000}
6= a NO [TOOBIG] *
6: b APPEND INBOX {0}
6= + *
6:
6= b NO *
6: c LOGOUT
6* c OK *
