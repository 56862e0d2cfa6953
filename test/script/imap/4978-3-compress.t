# RFC 4978 sections 3 and 5: COMPRESS DEFLATE, after logon only, once, in both directions
connect 1 imap
1= * OK *
1: a COMPRESS DEFLATE
1= a BAD *   ## ERR_SEQUENCE
1: b LOGIN $user $password
1= b OK [CAPABILITY * COMPRESS=DEFLATE*
1: c COMPRESS
1= c BAD *
1: d COMPRESS LZ4
1= d BAD *
1: e NOOP
1= e OK *
1: f compress deflate
1= f OK *
1%
1: g CAPABILITY
1= * CAPABILITY * COMPRESS=DEFLATE*
1= g OK *
1: h COMPRESS DEFLATE
1= h BAD [COMPRESSIONACTIVE] *   ## ERR_COMPRESSED
# Literals both ways, an octet at a time, and many commands at once.
1: i APPEND INBOX {12}
1= + *
1- Subject: x\r\n
1: 
1= i OK [APPENDUID *
1: j SELECT INBOX
1* j OK *
1/ k FETCH 1 BODY.PEEK[]\r\n
1= * 1 FETCH (BODY[] {12}
1= Subject: x
1= )
1= k OK *
repeat 200 1: l NOOP
1: m NOOP
1* m OK *
# IDLE: what happens is told at once, not when more has come together.
1: n IDLE
1= + *
mail $address Subject: y\r\n\r\ny\r\n
1= * 2 EXISTS
1: DONE
1* n OK *
1: o LOGOUT
1= * BYE *
1= o OK *
1!
# Nothing may follow before the answer: compression stays off.
logon 2 imap
2- p COMPRESS DEFLATE\r\nq NOOP\r\n
2= p BAD *   ## ERR_PIPELINING
2= q OK *
# What is not DEFLATE ends the session.
2: r COMPRESS DEFLATE
2= r OK *
2- \xff\xff\xff\xff\xff\xff
2%
2= * BYE *
2!
# Inside TLS as well.
logon 3 imaps
3: s COMPRESS DEFLATE
3= s OK *
3%
3: t NOOP
3= t OK *
# A stream that is ended is the end of the session.
3: u NOOP
3= u OK *
3.
