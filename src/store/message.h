/* A message's octets and its record. */
#pragma once

#include "store/box.h"

/* A new message: sizes, and whether the record fits the octets. ERR_TOOBIG, ERR_PEER. */
enum err message_check(struct str octets, struct str record) MUST_USE;
/* Octets and record can be read and fit. ERR_UNREADABLE. read: look at the octets as well, not at
 * their size only. */
enum err message_sound(
	struct mailbox *m, uint64_t email, const struct email_row *row, bool read) MUST_USE;
