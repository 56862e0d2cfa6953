/*
 * Sets of message numbers or UIDs (RFC 3501 9, sequence-set): reading, normalising, asking,
 * writing.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define IMAP_SET_ITEMS_MAX ((size_t)10000)
#define IMAP_SET_STAR      ((uint32_t)0) /* "*" before imap_set_resolve */

struct imap_range {
	uint32_t first; /* 1 or more once resolved; first <= last */
	uint32_t last;
};

struct imap_set {
	struct imap_range *ranges; /* in the arena */
	size_t count;
	bool star;  /* a "*" is in it */
	bool saved; /* "$" is in it (RFC 5182): the session puts in what it saved, with imap_set_join */
};

/*
 * Read a set. Numbers 1 to 4294967295; "*" stays IMAP_SET_STAR; "$" (RFC 9051 9, seq-last-command)
 * only sets saved. Without a star the set is
 * normalised at once: ascending, not overlapping, not adjoining. text must be used up.
 *
 * Returns ERR_OK, ERR_SYNTAX or ERR_LIMIT (more than IMAP_SET_ITEMS_MAX items, or the arena is
 * full).
 */
enum err imap_set_get(struct arena *a, struct str text, struct imap_set *ret) MUST_USE;

/*
 * Put a number in the place of "*" and normalise: ascending, not overlapping, not adjoining.
 * star  the highest message number or UID in the folder; 0 when it is empty: then what holds a star
 *       and nothing else is dropped, and n:* is too.
 * A set without a star is left as it is. A set is resolved once; later calls do nothing.
 */
void imap_set_resolve(struct imap_set *set, uint32_t star);

/* Puts more ranges into a resolved set, normalises, and takes saved away. ERR_LIMIT: the arena is full. */
enum err imap_set_join(struct arena *a, struct imap_set *set, const struct imap_range *more,
	size_t count) MUST_USE;

/* Leaves what is in another one as well; both resolved. ERR_LIMIT: the arena is full. */
enum err imap_set_meet(struct arena *a, struct imap_set *set, const struct imap_set *with) MUST_USE;

/* Binary search in a resolved set. */
bool imap_set_has(const struct imap_set *set, uint32_t number);
/* How many numbers a resolved set names. */
uint64_t imap_set_size(const struct imap_set *set);

/* "3" or "3:7". */
void imap_set_put_range(struct buf *to, uint32_t first, uint32_t last);
/* "1:3,7" of a resolved set; nothing for an empty one. */
void imap_set_put(struct buf *to, const struct imap_set *set);
/* The same of an ascending row of numbers (COPYUID, SEARCH results). */
void imap_set_put_numbers(struct buf *to, const uint32_t *numbers, size_t count);
