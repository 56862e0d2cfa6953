# RFC 6409 section 8, RFC 5321 section 2.3.8: bare line ends in submitted mail never become two messages (A1)
logon 1 submission
1: MAIL FROM:<$address>
1= 250 2.1.0 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1: DATA
1= 354 *
1- Subject: bare\r\n\r\na\nb\n.\nMAIL FROM:<$address>\r\n.\r\n
1= 554 5.6.0 *
# the connection goes on, without the transaction
1: RCPT TO:<$address>
1= 503 5.5.1 *
1: QUIT
1= 221 2.0.0 *
