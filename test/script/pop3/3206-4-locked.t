# RFC 3206 section 4: [AUTH] for an account that failed logons have locked
bourse domain add POPLOCKS --mail poplocks.example --lockout-threshold 1
bourse account add POPLOCKS\\eve --password-stdin < $password
bourse mailbox add eve-poplocks --account POPLOCKS\\eve --address eve@poplocks.example
connect 1 pop3
1= +OK *
1: USER eve@poplocks.example
1= +OK *
1: PASS $password
1= +OK *
1: QUIT
1= +OK *
connect 2 pop3
2= +OK *
2: USER eve@poplocks.example
2= +OK *
2: PASS wrong
2= -ERR [AUTH] *
2: USER eve@poplocks.example
2= +OK *
2: PASS $password
2= -ERR [AUTH] the account POPLOCKS\\eve is locked * UTC   ## ERR_LOCKED
bourse domain set POPLOCKS --lockout-threshold 0
2: USER eve@poplocks.example
2= +OK *
2: PASS $password
2= +OK *
