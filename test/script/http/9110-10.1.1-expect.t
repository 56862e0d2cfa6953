# RFC 9110 section 10.1.1: Expect, and bodies that are waited for
connect 1 http
1- POST /autodiscover/autodiscover.xml HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n
1= HTTP/1.1 100 Continue
1= 
1- hello
1= HTTP/1.1 400 Bad Request ## ERR_SYNTAX
1* *</main></body></html>
1- POST /autodiscover/autodiscover.xml HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n02\r\nlo\r\n0\r\nTrailer: x\r\n\r\n
1= HTTP/1.1 400 Bad Request
1* *</main></body></html>
1- GET /robots.txt HTTP/1.1\r\nHost: x\r\nExpect: 200-ok\r\n\r\n
1= HTTP/1.1 417 Expectation Failed ## ERR_EXPECT
1* *</main></body></html>
1!
connect 2 http
2- POST /autodiscover/autodiscover.xml HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\nExpect: 100-continue\r\n\r\n
2= HTTP/1.1 413 Content Too Large
2* *</main></body></html>
2!
connect 3 http
3- POST /autodiscover/autodiscover.xml HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFF\r\n
3= HTTP/1.1 413 Content Too Large ## ERR_TOOBIG
3* *</main></body></html>
3!
