# RFC 5530 section 3: no name and no right outlives its change
another old
connect 1 imap
1= * OK *
1: a LOGIN $old $password
1= a OK *
bourse account set $old --rename new-$old_box
connect 2 imap
2= * OK *
2: a LOGIN $old $password
2= a NO [AUTHENTICATIONFAILED] *
2: b LOGIN DOM\\new-$old_box\\$old_box $password
2= b OK *
# who is in is the account, whatever it is called
1: b NOOP
1= b OK *
# what is removed is gone for its sessions, and for its name
bourse mailbox set $old_box --account $user
bourse account remove DOM\\new-$old_box
1* * BYE *
connect 3 imap
3= * OK *
3: a LOGIN DOM\\new-$old_box $password
3= a NO [AUTHENTICATIONFAILED] *
