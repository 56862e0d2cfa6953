# RFC 5530 section 3: who may not log on from there, or in this way
another far
bourse account set $far --networks 192.0.2.0/24
connect 1 imap
1= * OK *
1: a LOGIN $far $password
1= a NO [NOPERM] *   ## ERR_CLIENT
1: b LOGIN $far wrong
1= b NO [AUTHENTICATIONFAILED] *
another mobile
bourse account set $mobile --protocols smtp,pop3
1: c LOGIN $mobile $password
1= c NO [CONTACTADMIN] *   ## ERR_PROTOCOLOFF
bourse domain add IMAPTYPES --mail imaptypes.example --user-rights ''
bourse account add IMAPTYPES\\eve --password-stdin < $password
bourse mailbox add eve-imaptypes --account IMAPTYPES\\eve --address eve@imaptypes.example
1: d LOGIN eve@imaptypes.example $password
1= d NO [NOPERM] *   ## ERR_LOGONTYPE
bourse domain set IMAPTYPES --user-rights 'log on locally'
1: e LOGIN eve@imaptypes.example $password
1= e OK *
