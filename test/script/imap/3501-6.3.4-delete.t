# RFC 3501 section 6.3.4: DELETE
logon 1 imap
1: a CREATE one/two
1= a OK *
1: b DELETE INBOX
1= b NO [CANNOT] *   ## ERR_INBOX
1: c DELETE none
1= c NO [NONEXISTENT] *
# with children the name stays, and cannot be selected
1: d DELETE one
1= d OK *
1: e LIST "" one*
1= * LIST (\Noselect \HasChildren) "/" one
1= * LIST (\HasNoChildren) "/" one/two
1= e OK *
1: f SELECT one
1= f NO *
1: g DELETE one
1= g NO [HASCHILDREN] *   ## ERR_HASCHILDREN
1: h DELETE one/two
1= h OK *
1: i SELECT one/two
1= i NO *
# what is made anew has another UIDVALIDITY
1: j CREATE again
1= j OK *
1: k STATUS again (UIDVALIDITY)
1= * STATUS again (UIDVALIDITY $first)
1= k OK *
1: l DELETE again
1= l OK *
1: m CREATE again
1= m OK *
1: n STATUS again (UIDVALIDITY)
1= * STATUS again (UIDVALIDITY $second)
1= n OK *
data $first
1: o CREATE third
1= o OK *
1: p DELETE
1= p BAD *
1: q LOGOUT
1* q OK *
