/*
 * The stored form of a blob: pieces of BLOB_PIECE_OCTETS, each compressed by itself, so that a part
 * of a large message is read without unpacking what stands before it.
 *
 *   piece table, one row a piece: u32 stored octets, u32 CRC-32C of them (begun with id and place)
 *   the pieces, back to back
 * A piece whose stored octets equal its plain octets is not compressed.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "kv/compress.h"
#include "kv/kv.h"

#define BLOB_PIECE_OCTETS ((size_t)256 << 10)

struct pieces;

/* Appends a whole blob operation (record.h) to `to`. row->octets is taken from octets. c NULL: not
 * compressed. */
void blob_write(struct buf *to, struct kv_blob_row row, struct str octets, struct compress *c);

/* Could this be the stored form of a blob of so many octets? Looks at lengths only. */
bool blob_sound(uint64_t octets, struct str stored) MUST_USE;

/* Where stored octets come from: reads len octets at `from` of the stored form. ERR_IO,
 * ERR_CORRUPT. */
struct blob_source {
	enum err (*read)(void *arg, uint64_t from, char *to, size_t len);
	void *arg;
	kv_blob id;
	uint64_t octets; /* uncompressed */
	uint64_t stored;
	struct unpacking unpacking; /* none when nothing was ever compressed */
	struct pieces *pieces;     /* where large ones are kept that were read in part; may be NULL */
};

/* Appends plain octets [from, from+len), clipped. ERR_CORRUPT, ERR_IO, ERR_TOOBIG (ceiling of to);
 * on failure `to` is as it was. */
enum err blob_range(
	const struct blob_source *s, uint64_t from, uint64_t len, struct buf *to) MUST_USE;
