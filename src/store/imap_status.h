/*
 * What STATUS tells of a folder, by itself or with LIST (RFC 9051 6.3.11, RFC 5819). It is looked up first, so that nothing
 * has been said yet when that fails, and written afterwards.
 */
#pragma once

#include "store/imap_engine.h"

struct imap_status {
	unsigned items; /* of enum imap_status_item */
	struct folder_info info;
	uint32_t recent;
	uint64_t deleted_octets;
};

/* Writes nothing. ERR_NOFOLDER: it cannot be opened (any more); ERR_PERM: not by this user; ERR_CORRUPT, ERR_IO. */
enum err imap_status_look(struct imap *i, const struct folder_info *info, unsigned items, struct imap_status *ret) MUST_USE;
/* "* STATUS name (MESSAGES 1)". */
void imap_status_put(struct imap *i, const struct imap_status *status);
/* True when looking up would load the folder's messages: a step does one such and ends. */
bool imap_status_is_dear(const struct folder_info *info, unsigned items);
/*
 * "MAILBOXID (F...)" (RFC 8474 section 4): the folder's id and its UIDVALIDITY, which is another one when a folder comes
 * into being again under a name that stayed subscribed; in front of them the mailbox's, since one session may come to see
 * folders of several.
 */
void imap_status_put_mailboxid(struct buf *to, uint64_t mailbox, uint32_t folder, uint32_t uidvalidity);
