# RFC 7162 section 3.2.11, RFC 9051 section 7.1: CLOSED where SELECT or EXAMINE closes the folder before
logon 1 imap
1: a SELECT INBOX
1= * FLAGS *
1* a OK *
1: b SELECT Drafts
1= * OK [CLOSED] *
1= * FLAGS *
1* b OK *
1: c EXAMINE Drafts
1= * OK [CLOSED] *
1* c OK *
# also when the other one cannot be selected: none is then
1: d SELECT nowhere
1= * OK [CLOSED] *
1= d NO *
1: e EXAMINE nowhere
1= e NO *
1: f SELECT INBOX
1= * FLAGS *
1* f OK *
1: g UNSELECT
1= g OK *
1: h SELECT INBOX
1= * FLAGS *
1* h OK *
1: i CLOSE
1= i OK *
