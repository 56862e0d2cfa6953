/* Verification, the messages: octets and records, as they are now and not as in the snapshot. */
#pragma once

#include "store/care.h"

/* The engine could not read this blob. */
void care_message_unreadable(struct store_check *v, kv_blob blob);
/* One message of the mailbox at hand; tells where it is if it is damaged, and is there still. */
void care_message_check(struct store_check *v, uint64_t id, const struct email_row *row);
/* After all messages: tells of unreadable blobs that were in none of them. */
void care_message_over(struct store_check *v);
