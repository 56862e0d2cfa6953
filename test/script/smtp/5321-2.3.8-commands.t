# RFC 5321 section 2.3.8: bare CR, bare LF and NUL in command lines
connect 1 smtp
1= 220 *
1: EHLO client.example
1* 250 *
# a bare LF ends nothing, and whoever sends one is not listened to any longer
1- NOOP\nNOOP\r\n
1= 554 5.6.0 *
1!
connect 2 smtp
2= 220 *
2: EHLO client.example
2* 250 *
2- NOOP a\rb\r\n
2= 554 5.6.0 *
2!
connect 3 smtp
3= 220 *
3: EHLO client.example
3* 250 *
3- NOOP a\0b\r\n
3= 554 5.6.0 *
3!
# \r\r\n is a bare CR and a line end
connect 4 smtp
4= 220 *
4- EHLO client.example\r\r\n
4= 554 5.6.0 *
4!
# the same within a logon
connect 5 submission
5= 220 *
5: EHLO client.example
5* 250 *
5: AUTH PLAIN
5= 334 
5- AAAA\nAAAA\r\n
5= 554 5.6.0 *
5!
