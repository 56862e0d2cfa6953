/*
 * Object ids of messages (RFC 8474 section 5): EMAILID and THREADID. That of a folder: imap_status.h.
 *
 * EMAILID is the email id of the store, which a message keeps when it is copied or moved, with the mailbox in front, for one
 * session may see several. THREADID is a digest of the message ID with which the conversation began as far as the message
 * itself says: the first of References, else of In-Reply-To, else its own. So it costs nothing to keep, is the same in every
 * folder and mailbox, and never changes, whatever comes or goes. Why: doc/why/009-thread-ids.md.
 */
#pragma once

#include "mail/record.h"
#include "store/item.h"

/* "M1-2a". */
void imap_object_put_email(struct buf *to, uint64_t mailbox, const struct item *it);
/* The other way: the email id, or 0 for what is no EMAILID of that mailbox in the one way in which it is written. */
uint64_t imap_object_get_email(struct str id, uint64_t mailbox);
/* "T" and 32 hexadecimal digits; "T1-2a" of a message that has no ID and answers none. */
void imap_object_put_thread(struct buf *to, uint64_t mailbox, const struct item *it, const struct record *record);
