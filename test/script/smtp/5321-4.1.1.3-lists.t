# RFC 5321 sections 3.9.2 and 4.1.1.3: a list reaches its members once; an empty one nobody; outsiders nobody
another one
another two
bourse list add all-$box --address=all-$box@example.org --member=$one_box,$two_box,$box
bourse list add more-$box --address=more-$box@example.org --member=all-$box,$one_box
bourse list add none-$box --address=none-$box@example.org
bourse contact add bob-$box --remote=bob@example.com --address=bob-$box@example.org
connect 1 smtp
1= 220 *
1: EHLO client.example
1* 250 *
1: MAIL FROM:<a@example.net>
1= 250 2.1.0 *
1: RCPT TO:<more-$box@example.org>
1= 250 2.1.5 *
1: RCPT TO:<none-$box@example.org>
1= 550 5.1.1 *
1: RCPT TO:<bob-$box@example.org>
1= 550 5.7.1 *
1: DATA
1= 354 *
1: Subject: for all
1:
1: .
1= 250 2.0.0 *
1: QUIT
1= 221 2.0.0 *
1!
logon 2 pop3
2: STAT
2= +OK 1 *
logon 3 pop3 one
3: STAT
3= +OK 1 *
logon 4 pop3 two
4: STAT
4= +OK 1 *
