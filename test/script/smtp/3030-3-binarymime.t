# RFC 3030 section 3 and RFC 5321 section 4.1.1.11: BINARYMIME is not offered, so BODY=BINARYMIME is not taken
connect 1 smtp
1= 220 *
1: EHLO client.example
1* 250 *
1: MAIL FROM:<a@example.net> BODY=BINARYMIME
1= 504 5.5.4 *   ## ERR_UNSUPPORTED
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: QUIT
1= 221 2.0.0 *
