# RFC 3977 sections 3.1 and 3.2.1: lines and generic replies before a logon
# server: public
connect 1 nntp
1= 201 *
# what reads needs a logon; MODE READER, too, for newsreaders ask again behind it
1: MODE READER
1= 480 log on first ## ERR_NEEDAUTH
1: GROUP misc.test
1= 480 *
1: LIST
1= 480 *
1: POST
1= 480 *
1: ARTICLE <a@b>
1= 480 *
# a variant that is not there, and arguments that are none
1: MODE STREAM
1= 501 *
1: LIST MOTD
1= 501 *
1: ARTICLE a@b
1= 501 *
# a line that is too long is passed over whole
1: GROUP xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
1= 501 line too long
1: DATE
1= 111 *
# one octet at a time, and many commands at once
1/ date \t\r\n
1= 111 *
1- DATE\r\nGROUP a\r\nDATE\r\n
1= 111 *
1= 480 *
1= 111 *
# a bare LF could be the end of a line for somebody else
1- DATE\nQUIT\r\n
1= 400 *
1!
connect 2 nntp
2= 201 *
2- DATE\0\r\n
2= 400 *
2!
connect 3 nntp
3= 201 *
3: GROUP \xff\xfe
3= 501 *
repeat 9 3: NOSUCH
3= 500 *
3= 500 *
3= 500 *
3= 500 *
3= 500 *
3= 500 *
3= 500 *
3= 500 *
3= 500 *
3= 400 too many commands that make no sense ## ERR_JUNK
3!
