# RFC 4644 sections 2.3, 2.4 and 2.5, RFC 3977 section 6.3.2: nothing is taken from other news servers
# server: public
connect 1 nntp
1= 201 *
1: IHAVE <a@b>
1= 500 *
1: CHECK <a@b>
1= 500 *
1: MODE STREAM
1= 501 *
# the article behind it is not taken for commands
1- TAKETHIS <a@b>\r\nSubject: x\r\n\r\nQUIT\r\n.\r\nDATE\r\n
1= 500 *
1!
# neither are they once somebody has logged on
logon 2 nntp
2: IHAVE <a@b>
2= 500 *
2: CHECK <a@b>
2= 500 *
2- TAKETHIS <a@b>\r\nSubject: x\r\n\r\nDATE\r\n.\r\n
2= 500 *
2!
