# RFC 4954 section 6, RFC 3463 section 3.5: a domain whose controllers do not answer; nobody has said that the password is wrong
bourse domain add FAR --mail far.example --backend ldap --controllers ldap://127.0.0.1:1 --no-starttls --base dc=far
bourse account add FAR\\known --no-password
connect 1 submission
1= 220 *
1: EHLO client.example
1* 250 *
1: AUTH PLAIN {b64:\0FAR\\known\0secret}
1= 454 4.7.0 *   ## ERR_NOCONTROLLER
1: AUTH PLAIN {b64:\0FAR\\unknown\0secret}
1= 454 4.7.0 *
1: AUTH PLAIN {b64:\0known@far.example\0secret}
1= 454 4.7.0 *
# what needs keys that only the controllers have is refused for every name of the domain, and says what to do
1: AUTH SCRAM-SHA-256 {b64:n,,n=FAR\\known,r=fyko+d2lbbFgONRv9qkxdawL}
1= 504 5.5.4 *PLAIN*   ## ERR_ELSEWHERE
1: AUTH SCRAM-SHA-256 {b64:n,,n=FAR\\unknown,r=fyko+d2lbbFgONRv9qkxdawL}
1= 504 5.5.4 *PLAIN*
# accounts that are here log on all the same
1: AUTH PLAIN {b64:\0$user\0$password}
1= 235 2.7.0 *
1: QUIT
1= 221 2.0.0 *
