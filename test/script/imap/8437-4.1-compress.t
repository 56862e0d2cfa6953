# RFC 8437 section 4.1: UNAUTHENTICATE ends COMPRESS (RFC 4978) behind its answer, in both directions
logon 1 imap
1: a COMPRESS DEFLATE
1= a OK *
1%
1: b UNAUTHENTICATE
1= b OK *
1%
1: c CAPABILITY
1= * CAPABILITY *
1= c OK *
1: d LOGIN $user $password
1= d OK *
1: e COMPRESS DEFLATE
1= e OK *
1%
# What was sent ahead is not packed any more (section 3).
1: f CAPABILITY
1* f OK *
1: g UNAUTHENTICATE
1- %%h LOGIN $user $password\r\ni NOOP\r\n
1= g OK *
1%
1= h OK *
1= i OK *
# Inside TLS.
logon 2 imaps
2: j COMPRESS DEFLATE
2= j OK *
2%
2: k UNAUTHENTICATE
2= k OK *
2%
2: l LOGIN $user $password
2= l OK *
2: m LOGOUT
2* m OK *
2!
