# RFC 4954 section 6: accounts that are locked, or may not log on from there
bourse domain add SMTPLOCKS --mail smtplocks.example --lockout-threshold 1
bourse account add SMTPLOCKS\\eve --password-stdin < $password
bourse mailbox add eve-smtplocks --account SMTPLOCKS\\eve --address eve@smtplocks.example
connect 1 submission
1= 220 *
1: EHLO client.example
1* 250 *
1: AUTH PLAIN {b64:\0eve@smtplocks.example\0$password}
1= 235 *
connect 2 submission
2= 220 *
2: EHLO client.example
2* 250 *
2: AUTH PLAIN {b64:\0eve@smtplocks.example\0wrong}
2= 535 5.7.8 *
2: AUTH PLAIN {b64:\0eve@smtplocks.example\0$password}
2= 535 5.7.13 *   ## ERR_LOCKED
another far
bourse account set $far --networks 192.0.2.0/24
2: AUTH PLAIN {b64:\0$far\0$password}
2= 535 5.7.1 *   ## ERR_CLIENT
bourse domain set SMTPLOCKS --user-rights 'access this computer from the network'
bourse account unlock SMTPLOCKS\\eve
2: AUTH PLAIN {b64:\0eve@smtplocks.example\0$password}
2= 535 5.7.1 *   ## ERR_LOGONTYPE
# who is in stays in: a right is about the next logon
1: MAIL FROM:<eve@smtplocks.example>
1= 250 *
