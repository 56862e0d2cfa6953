# RFC 3206 section 4: [AUTH] for who may not log on from there, or in this way
another far
bourse account set $far --networks 192.0.2.0/24,2001:db8::/32
connect 1 pop3
1= +OK *
1: USER $far
1= +OK *
1: PASS $password
1= -ERR [AUTH] *   ## ERR_CLIENT
bourse account set $far --networks 192.0.2.0/24,loopback
1: USER $far
1= +OK *
1: PASS $password
1= +OK *
another mobile
bourse account set $mobile --protocols smtp,imap
connect 2 pop3
2= +OK *
2: USER $mobile
2= +OK *
2: PASS $password
2= -ERR [AUTH] *   ## ERR_PROTOCOLOFF
bourse domain add NOTYPES --mail notypes.example --user-rights 'access this computer from the network'
bourse account add NOTYPES\\eve --password-stdin < $password
bourse mailbox add eve-notypes --account NOTYPES\\eve --address eve@notypes.example
2: USER eve@notypes.example
2= +OK *
2: PASS $password
2= -ERR [AUTH] *   ## ERR_LOGONTYPE
bourse account set NOTYPES\\eve --user-rights 'Log On Locally'
2: USER eve@notypes.example
2= +OK *
2: PASS $password
2= +OK *
