# RFC 5465 sections 3.1, 5 and 8: what NOTIFY takes, what it refuses, and the state it tells at once
logon 1 imap
1: a CAPABILITY
1= * CAPABILITY * NOTIFY*
1= a OK *
1: b CREATE lists/one
1= b OK *
1: c NOTIFY SET STATUS (subtree lists (MessageNew MessageExpunge)) (mailboxes (INBOX nowhere) (MessageNew MessageExpunge FlagChange))
1= * STATUS INBOX (MESSAGES 0 UIDNEXT 1 UIDVALIDITY * UNSEEN 0)
1= * STATUS lists (MESSAGES 0 UIDNEXT 1 UIDVALIDITY *)
1= * STATUS lists/one (MESSAGES 0 UIDNEXT 1 UIDVALIDITY *)
1= c OK NOTIFY completed
# with CONDSTORE: HIGHESTMODSEQ
1: d ENABLE CONDSTORE
1= * ENABLED CONDSTORE
1= d OK *
1: e notify set status (inboxes (messagenew messageexpunge flagchange))
1= * STATUS INBOX (MESSAGES 0 UIDNEXT 1 UIDVALIDITY * UNSEEN 0 HIGHESTMODSEQ *)
1= e OK *
# no STATUS of what asks for no message, nor of the selected folder
1: f SELECT INBOX
1* f OK *
1: g NOTIFY SET STATUS (selected (MessageNew MessageExpunge)) (mailboxes INBOX (MessageNew MessageExpunge)) (personal (MailboxName))
1= g OK *
1: h NOTIFY SET (personal NONE)
1= h OK *
1: i NOTIFY NONE
1= i OK *
# section 5: both or none, and FlagChange with both
1: j NOTIFY SET (personal (MessageNew))
1= j BAD *
1: k NOTIFY SET (personal (MessageExpunge))
1= k BAD *
1: l NOTIFY SET (personal (FlagChange))
1= l BAD *
# section 6.1: messages only, and one of the two
1: m NOTIFY SET (selected (MessageNew MessageExpunge MailboxName))
1= m BAD *
1: n NOTIFY SET (selected (MessageNew MessageExpunge)) (selected-delayed (MessageNew MessageExpunge))
1= n BAD *
# section 8: items for the selected folder alone
1: o NOTIFY SET (personal (MessageNew (UID) MessageExpunge))
1= o BAD *
1: p NOTIFY SET
1= p BAD *
1: q NOTIFY
1= q BAD *
1: r NOTIFY NONE now
1= r BAD *
1: s NOTIFY SET (somewhere (MessageNew MessageExpunge))
1= s BAD *
1: t NOTIFY SET (personal ())
1= t BAD *
1: u NOTIFY SET (subtree (MessageNew MessageExpunge))
1= u BAD *
# section 3.1: an event that is not known is NO, with those that are
1: v NOTIFY SET (personal (MessageNew MessageExpunge Sunshine))
1= v NO [BADEVENT (MessageNew MessageExpunge FlagChange AnnotationChange MailboxName SubscriptionChange MailboxMetadataChange ServerMetadataChange)] *
1: w NOTIFY SET (selected (MessageNew MessageExpunge Weather))
1= w NO [BADEVENT (*)] *
