# RFC 3501 sections 6.2.1 and 11.1: plaintext behind STARTTLS is never obeyed (B1)
connect 1 imap
1= * OK *
1- a STARTTLS\r\nb NOOP\r\n
1!
connect 2 imap
2= * OK *
2- a STARTTLS\r\nb
2!
connect 3 imap
3= * OK *
3: a STARTTLS
3= a OK *
3- b NOOP\r\nc NOOP\r\n
3!
