# RFC 9112 section 3: the request line, Host, and how large a head may be
connect 1 http
1- GET /robots.txt HTTP/1.1\r\n\r\n
1= HTTP/1.1 400 Bad Request
1* *</main></body></html>
1!
connect 2 http
2- GET http://mail.example.org/none HTTP/1.1\r\nHost: mail.example.org\r\n\r\n
2= HTTP/1.1 404 Not Found
2* *</main></body></html>
2- GET http://mail.example.org/none HTTP/1.1\r\nHost: other.example.org\r\n\r\n
2= HTTP/1.1 400 Bad Request
2* *</main></body></html>
2!
connect 3 http
3- GET /robots.txt HTTP/2.0\r\nHost: x\r\n\r\n
3= HTTP/1.1 505 HTTP Version Not Supported ## ERR_VERSION
3* *</main></body></html>
3!
connect 4 http
4- GET / HTTP/1.1\r\nHost: x\r\n
repeat 200 4: X: y
4= HTTP/1.1 431 Request Header Fields Too Large ## ERR_HEADTOOBIG
connect 5 http
repeat 1700 5- 0123456789
5= HTTP/1.1 414 URI Too Long
