# RFC 5530 section 3: why a logon failed
another off
bourse account set $off --disabled
connect 1 imap
1= * OK *
1: a LOGIN $off $password
1= a NO [CONTACTADMIN] *   ## ERR_ACCOUNTOFF
1: a2 LOGIN $off wrong
1= a2 NO [AUTHENTICATIONFAILED] *
another never
bourse mailbox set $never_box --no-imap
1: b LOGIN $never $password
1= b NO [CONTACTADMIN] *   ## ERR_PROTOCOLOFF
another shut
bourse mailbox set $shut_box --disabled
1: c LOGIN $shut $password
1= c NO [CONTACTADMIN] *   ## ERR_BOXOFF
1: d LOGIN $user\\$never_box $password
1= d NO [AUTHORIZATIONFAILED] *   ## ERR_BOXRIGHT
another must
bourse account set $must --must-change
1: e LOGIN $must $password
1= e NO [EXPIRED] *   ## ERR_EXPIRED
another night
bourse account set $night "--hours=$not_today 08-18"
1: n LOGIN $night $password
1= n NO [UNAVAILABLE] *   ## ERR_HOURS
# a name that is a list's
bourse list add list-$box --address=list-$box@example.org --member=$box
1: l LOGIN $user\\list-$box $password
1= l NO [CANNOT] *   ## ERR_NOTABOX
1: f LOGIN $user\\no-such-box $password
1= f NO [*] *
1: g LOGIN $user $password
1= g OK *
1: h LOGOUT
1* h OK *
