/* A message's octets and its record. */
#pragma once

#include "store/box.h"

/* A new message: sizes, and whether the record fits the octets. ERR_TOOBIG, ERR_PEER. */
enum err message_check(struct str octets, struct str record) MUST_USE;
/* The sent date of RFC 5256 2.2, seconds since 1970: of the Date field, else date (INTERNALDATE). */
int64_t message_sent(struct str record, int64_t date);
/* The record can be read and fits, and so does the kept header; the octets are there, but are not looked at. ERR_UNREADABLE. */
enum err message_sound(struct kv *kv, uint64_t mailbox, uint64_t email, const struct email_row *row) MUST_USE;
