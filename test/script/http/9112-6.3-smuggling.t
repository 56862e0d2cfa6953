# RFC 9112 section 6.3 and 6.1: a request whose end two readers could see at two places is refused, and nothing behind it is looked at
connect 1 http
1- POST /robots.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n
1= HTTP/1.1 400 Bad Request ## ERR_HTTP
1? Connection: close
1* *</main></body></html>
1!
connect 2 http
2- POST /robots.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabcGET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n
2= HTTP/1.1 400 Bad Request
2* *</main></body></html>
2!
connect 3 http
3- POST /robots.txt HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n
3= HTTP/1.1 400 Bad Request
3* *</main></body></html>
3!
connect 4 http
4- GET /robots.txt HTTP/1.1\r\nHost: x\r\nX: y\r\n Z: w\r\n\r\n
4= HTTP/1.1 400 Bad Request
4* *</main></body></html>
4!
connect 5 http
5- GET /robots.txt HTTP/1.1\nHost: x\n\n
5= HTTP/1.1 400 Bad Request ## ERR_BARELINEEND
5* *</main></body></html>
5!
connect 6 http
6- POST /autodiscover/autodiscover.xml HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;x\nhello\r\n0\r\n\r\n
6= HTTP/1.1 400 Bad Request
6* *</main></body></html>
6!
connect 7 http
7- POST /autodiscover/autodiscover.xml HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\nhello
7= HTTP/1.1 400 Bad Request
7* *</main></body></html>
7!
# One octet at a time it is the same.
connect 8 http
8/ POST /robots.txt HTTP/1.1\r\nHost: x\r\nContent-Length : 5\r\n\r\n
8= HTTP/1.1 400 Bad Request
8* *</main></body></html>
8!
connect 9 http
9- POST /robots.txt HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n
9= HTTP/1.1 501 Not Implemented
9* *</main></body></html>
9!
