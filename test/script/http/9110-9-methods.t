# RFC 9110 section 9: methods, and what is answered to those that are not there
connect 1 http
1- POST /robots.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n
1= HTTP/1.1 405 Method Not Allowed ## ERR_COMMAND
1? Allow: GET, HEAD, OPTIONS
1* *</main></body></html>
1- GET /AutoDiscover/AutoDiscover.xml HTTP/1.1\r\nHost: x\r\n\r\n
1= HTTP/1.1 405 Method Not Allowed
1? Allow: POST, OPTIONS
1* *</main></body></html>
1- BREW /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n
1= HTTP/1.1 501 Not Implemented
1* *</main></body></html>
1- OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n
1= HTTP/1.1 204 No Content
1? Allow: GET, HEAD, POST, OPTIONS
1? Server: Bourse *
1= 
1- HEAD /none HTTP/1.1\r\nHost: x\r\n\r\n
1= HTTP/1.1 404 Not Found
1? X-Content-Type-Options: nosniff
1? Server: Bourse *
1= 
1.
