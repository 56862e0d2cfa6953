# RFC 9112 section 9.3: connections that stay, requests sent ahead, and connections that end
connect 1 http
1: GET /robots.txt HTTP/1.1
1: Host: x
1: 
1= HTTP/1.1 200 OK ## ERR_OK
1? Content-Length: 28
1= Server: Bourse *
1= 
1- GET /none HTTP/1.1\r\nHost: x\r\n\r\nHEAD /robots.txt HTTP/1.1\r\nHost: x\r\n\r\nGET /style.css HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nGET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n
1? HTTP/1.1 404 Not Found ## ERR_NOTFOUND
1* *</main></body></html>
1= HTTP/1.1 200 OK
1? Content-Length: 28
1= Server: Bourse *
1= 
1= HTTP/1.1 200 OK
1? Connection: close
1? Server: Bourse *
connect 2 http
2: GET /none HTTP/1.0
2: 
2= HTTP/1.1 404 *
2? Connection: close
2* *</main></body></html>
2!
connect 3 http
3: GET /none HTTP/1.0
3: Connection: keep-alive
3: 
3= HTTP/1.1 404 *
3? Connection: keep-alive
3* *</main></body></html>
3- \r\nGET /none HTTP/1.1\r\nHost: x\r\n\r\n
3= HTTP/1.1 404 *
3* *</main></body></html>
3.
