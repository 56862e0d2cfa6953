/*
 * All mailboxes that an account has rights on, by itself and through its groups, and what they are. The directory is read anew
 * each time.
 */
#pragma once

#include "directory/directory.h"
#include "directory/right.h"

#define REACH_MAX ((size_t)1000) /* mailboxes of one account, beyond that the rest is left out */

struct reach_row {
	struct entry mailbox;
	struct right_held held; /* with at least one right */
};

struct reach {
	struct entry_ids groups; /* that the account is in: group_closure */
	const struct reach_row *rows; /* ascending by the mailboxes' ids */
	size_t count;
	bool more; /* there are more than REACH_MAX */
};

/* principal: an account, or a group. In the arena. ERR_LIMIT (too many groups), ERR_IO, ERR_CORRUPT. */
enum err reach_find(struct directory *d, uint64_t principal, struct arena *a, struct reach *ret) MUST_USE;
