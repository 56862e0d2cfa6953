/* Verification, the rows: what those of one mailbox say is taken in, to be compared when all of them were seen. */
#pragma once

#include "store/care.h"

/* A mailbox is at hand. */
void care_seen_begin(struct store_check *v, uint64_t mailbox);
/* It is no longer; the next one has a higher id. Nothing, when none is. */
void care_seen_end(struct store_check *v);
/* One row; they come in the order of their keys. Tells of one that cannot be decoded. */
void care_see(struct store_check *v, struct str key, struct str value);
/* Of how many octets the row of annotations of this message is; 0: it has none. Messages are asked for in their order. Tells of
 * annotations before it that are of no message; folder UINT32_MAX: no message comes any more. */
size_t care_seen_notes(struct store_check *v, uint32_t folder, uint32_t uid);
