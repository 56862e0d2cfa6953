# RFC 3501 sections 5.4 and 7.1.5: whoever does not log on is sent away with BYE
# server: small
connect 1 imap
1= * OK *
1= * BYE [UNAVAILABLE] *   ## ERR_TIMEOUT
1!
