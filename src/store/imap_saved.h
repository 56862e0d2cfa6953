/*
 * The search result variable "$" (RFC 5182; RFC 9051 section 6.4.4.1): what a SEARCH with RETURN
 * (SAVE) found, for later commands of the session. It is kept as uids, which no EXPUNGE moves: what
 * is expunged is not found any more.
 */
#pragma once

#include "base/err.h"
#include "wire/imap_set.h"

#define IMAP_SAVED_RANGES_MAX ((size_t)65536) /* of one session: 512 KiB */

struct imap;

struct imap_saved {
	struct imap_range *ranges; /* uids, ascending; owned */
	size_t count;
};

/* Saves the messages; seqs ascending. ERR_LIMIT: in too many pieces; then nothing is saved. */
enum err imap_saved_set(struct imap *i, const uint32_t *seqs, size_t count) MUST_USE;
void imap_saved_clear(struct imap *i);
/* Puts them into a resolved set in which "$" stands, as uids or as numbers. ERR_LIMIT. */
enum err imap_saved_join(struct imap *i, struct imap_set *set, bool uid) MUST_USE;
