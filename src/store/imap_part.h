/*
 * The octets that an IMAP URL names (RFC 5092 section 6): a message, or what BODY.PEEK[...]<...> of
 * it is. Read in pieces; nothing is changed by it, not even \Recent.
 */
#pragma once

#include "store/imap_section.h"
#include "wire/imap_url.h"

struct imap_part {
	struct mailbox *mailbox; /* the owner's */
	struct item item;
	struct imap_source source;
	uint64_t done; /* of source.octets */
};

/*
 * ERR_NOFOLDER (no such folder, or another uidvalidity), ERR_NOMESSAGE, ERR_NOTFOUND (the message
 * has no such part), ERR_UNREADABLE, ERR_IO. With ERR_OK imap_part_done must follow.
 */
enum err imap_part_open(
	struct mailbox *m, const struct folder_info *folder, const struct imap_url *url, struct imap_part *ret) MUST_USE;
/* Appends the next octets, at most IMAP_PIECE_OCTETS; none at the end. ERR_NOMESSAGE: it has gone
 * meanwhile; ERR_UNREADABLE, ERR_IO. */
enum err imap_part_read(struct imap_part *p, struct buf *to) MUST_USE;
void imap_part_done(struct imap_part *p);
