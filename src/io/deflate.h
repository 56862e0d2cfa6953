/*
 * Raw DEFLATE (RFC 1951) in both directions of one stream, for the one in io/conn.h. What is packed
 * in one call can be unpacked by the other side without waiting for more.
 *
 * Memory: unpacking takes DEFLATE_IN_OCTETS_MAX for each stream, as the other side may refer to the
 * last 32 KiB. For packing all streams of a process share DEFLATE_PACKERS_MAX windows: the one that
 * was used longest ago begins anew for whoever has none. Only how well is packed depends on it.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#define DEFLATE_PIECE_OCTETS   ((size_t)64 << 10) /* packed in one call */
#define DEFLATE_PACKERS_MAX    32u
#define DEFLATE_PACKER_OCTETS  ((size_t)272 << 10) /* of each */
#define DEFLATE_IN_OCTETS_MAX  ((size_t)48 << 10)
#define DEFLATE_OUT_OCTETS_MAX (2 * DEFLATE_PIECE_OCTETS) /* what one piece may become */

struct deflate;

struct deflate *deflate_new(void) MUST_USE;
void deflate_free(struct deflate *d); /* accepts NULL */

/* Packs the first DEFLATE_PIECE_OCTETS of from to the end of `to`; how many of from that were. */
size_t deflate_pack(struct deflate *d, struct str from, struct buf *to) MUST_USE;

/* The end of the stream, behind whatever was packed. */
void deflate_put_end(struct buf *to);

/*
 * Unpacks from the front of `from` to the end of `to`, up to its ceiling. Stops as well where the
 * sender has flushed, if anything was made: what follows may be something else (RFC 8437 section
 * 4.1). ret_used is set always: octets of from that were taken.
 *
 * Returns ERR_OK; ERR_NOTFOUND: the sender has ended its stream, nothing of it follows;
 * ERR_SYNTAX: this is not DEFLATE. Both stick.
 */
enum err deflate_unpack(struct deflate *d, struct str from, struct buf *to, size_t *ret_used) MUST_USE;

/* Windows for packing that exist now, for tests. */
unsigned deflate_packers(void);
