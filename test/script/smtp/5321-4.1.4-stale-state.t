# RFC 5321 sections 4.1.4 and 4.1.1.4: nothing of a transaction outlives its end, however it ends (A4)
connect 1 submission
1= 220 *
1: EHLO client.example
1* 250 *
1: AUTH PLAIN {b64:\0$user\0$password}
1= 235 2.7.0 *
# a refusal at the end of the message
1: MAIL FROM:<$address>
1= 250 2.1.0 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1: DATA
1= 354 *
1- Subject: NUL\r\n\r\n\0\r\n.\r\n
1= 554 5.6.0 *
1: RCPT TO:<$address>
1= 503 5.5.1 *
1: DATA
1= 503 5.5.1 *
# a refused MAIL
1: MAIL FROM:<somebody@example.com>
1= 553 5.7.1 *   ## ERR_SENDAS
1: RCPT TO:<$address>
1= 503 5.5.1 *
# VRFY in the midst
1: MAIL FROM:<$address>
1= 250 2.1.0 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1: VRFY élève@example.org
1= 252 2.1.5 *
1: DATA
1= 354 *
1: Subject: VRFY meanwhile
1:
1: .
1= 250 2.0.0 *
# AUTH and STARTTLS inside a transaction
1: MAIL FROM:<$address>
1= 250 2.1.0 *
1: RCPT TO:<$address>
1= 250 2.1.5 *
1: AUTH PLAIN {b64:\0$user\0$password}
1= 503 5.5.1 *
1: STARTTLS
1= 503 5.5.1 *
1: RSET
1= 250 2.0.0 *
1: QUIT
1= 221 2.0.0 *
1!
logon 2 pop3
2: STAT
2= +OK 1 *
