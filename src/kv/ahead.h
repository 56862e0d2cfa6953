/*
 * Blobs unpacked before they are asked for: whoever reads one after the other says which come next, and a thread of
 * its own reads and unpacks them meanwhile, for that is half of what sending a message takes. A hint and no more: what
 * is not ready, or could not be had, is read by the one who asks, so results and errors are the same with and without.
 * A blob never changes and its id never comes again, so what is here stays right.
 *
 * All calls from the owner's thread. At most AHEAD_OCTETS_MAX are held, for all readers together.
 */
#pragma once

#include "kv/blob.h"
#include "kv/files.h"

#define AHEAD_MAX             512u
#define AHEAD_OCTETS_MAX      ((size_t)4 << 20)
#define AHEAD_BLOB_OCTETS_MAX ((size_t)64 << 10) /* a larger one is read in parts, and not ahead */

struct ahead;

/* Starts the thread. */
struct ahead *ahead_new(void) MUST_USE;
void ahead_free(struct ahead *a); /* accepts NULL, as all the others */

/* A blob in a segment, as blob_source says it. */
struct ahead_blob {
	kv_blob id;
	uint64_t octets;
	struct stored stored; /* its descriptor stays open until ahead_settle */
	struct unpacking unpacking; /* the dictionary counts */
};

/* Not taken when there is no room. */
void ahead_put(struct ahead *a, const struct ahead_blob *blob);
/* The blob's octets [from, from + len), clipped, when they are ready; with the last of them it is forgotten. */
bool ahead_take(struct ahead *a, kv_blob id, uint64_t from, uint64_t len, struct buf *to) MUST_USE;
/* Forgets what is not ready and waits for the thread: no descriptor is in use any more. */
void ahead_settle(struct ahead *a);
