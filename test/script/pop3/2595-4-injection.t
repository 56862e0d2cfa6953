# RFC 2595 section 2.4 and 4: plaintext behind STLS is never obeyed (B1)
connect 1 pop3
1= +OK *
1- STLS\r\nCAPA\r\n
1!
connect 2 pop3
2= +OK *
2- STLS\r\nC
2!
