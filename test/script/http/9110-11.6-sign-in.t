# RFC 9110 section 11.6: who may be asked for a password, and forms that are none
connect 1 http
1- POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nuser=
1= HTTP/1.1 415 Unsupported Media Type ## ERR_MEDIATYPE
1* *</main></body></html>
1- POST /sign-in HTTP/1.1\r\nHost: x\r\nOrigin: http://y\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 5\r\n\r\nuser=
1= HTTP/1.1 403 Forbidden ## ERR_FORM
1* *</main></body></html>
1- GET /account HTTP/1.1\r\nHost: x\r\n\r\n
1= HTTP/1.1 401 Unauthorized
1? WWW-Authenticate: Basic realm="*", charset="UTF-8"
1? 
1= Sign in first.
1- GET /account HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n\r\n
1= HTTP/1.1 303 See Other
1? Location: /
1? 
1.
