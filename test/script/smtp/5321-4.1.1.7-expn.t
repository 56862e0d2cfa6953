# RFC 5321 sections 4.1.1.7, 3.5.3 and 7.3: EXPN shows no list
connect 1 smtp
1= 220 *
1: EHLO client.example
1* 250 *
1: EXPN
1= 501 5.5.4 *
bourse list add team-$box --address=team-$box@example.org --member=$box
1: EXPN team-$box@example.org
1= 252 2.1.5 *
1: EXPN no-such-list
1= 252 2.1.5 *
1: QUIT
1= 221 2.0.0 *
1!
