/*
 * The last pieces of large blobs that were unpacked and of which more is likely to be read: whoever sends a
 * large message takes it in smaller parts than it is packed in. PIECES_MAX at most (4 MiB), for all readers
 * together; the one asked for longest ago gives way. A blob never changes and its id never comes again, so
 * what is here stays right.
 */
#pragma once

#include "kv/kv.h"

#define PIECES_MAX        16u
#define PIECES_OCTETS_MIN ((size_t)32 << 10) /* smaller ones are unpacked again */

struct pieces;

struct pieces *pieces_new(void) MUST_USE;
void pieces_free(struct pieces *p); /* accepts NULL */

/* All of them accept NULL, which never holds anything. */

/* Plain octets of piece n of a blob, valid until the next call for another piece. */
bool pieces_get(struct pieces *p, kv_blob id, uint64_t n, struct str *ret) MUST_USE;
/* Takes what mem_resize gave: true; else the octets stay the caller's. The piece must not be here yet. */
bool pieces_take(struct pieces *p, kv_blob id, uint64_t n, struct str octets) MUST_USE;
/* Nobody is likely to want it any more. */
void pieces_drop(struct pieces *p, kv_blob id, uint64_t n);
