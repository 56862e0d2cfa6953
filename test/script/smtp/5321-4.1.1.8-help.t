# RFC 5321 section 4.1.1.8: HELP, with and without an argument, before EHLO too
connect 1 smtp
1= 220 *
1: HELP
1= 214 2.0.0 *MAIL*
1: HELP MAIL
1= 214 2.0.0 *
1: QUIT
1= 221 2.0.0 *
1!
