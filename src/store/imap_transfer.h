/*
 * COPY and MOVE into a folder of another mailbox: the messages are read there and added here, as one write set; those that are
 * moved go when they are on disk. Stopped in between they are in both, never in neither.
 */
#pragma once

#include "store/imap_engine.h"

struct imap_transfer;

struct imap_transfer_request {
	const uint32_t *uids; /* in the selected folder; borrowed until it is done */
	size_t count;
	uint32_t folder; /* of i->box */
	uint32_t rights; /* there */
	bool move;
};

struct imap_transfer *imap_transfer_new(const struct imap_transfer_request *request);
void imap_transfer_free(struct imap *i, struct imap_transfer *t); /* accepts NULL */

/*
 * One step of it; *ret_over says whether it was the last one, and *ret how it ended: ERR_LIMIT (more than one write set takes),
 * ERR_BUSY (no room in memory), ERR_QUOTA, ERR_NOFOLDER, ERR_DISKFULL. ERR_EXPUNGED: some were gone.
 */
struct imap_transfer_end {
	bool over;
	enum err result;
	const char *code; /* COPYUID, in i->arena; NULL: none */
};
enum step imap_transfer_step(struct imap *i, struct imap_transfer *t, struct imap_transfer_end *ret);
