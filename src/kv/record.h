/*
 * The journal's record: one write set. Pure: no I/O. doc/format/journal.md is the same for people.
 *
 * Header, 40 octets, little-endian:
 *    0  u32  magic
 *    4  u32  CRC-32C of octets 8..40, begun with the store's seed
 *    8  u32  octets of payload
 *   12  u32  CRC-32C of the payload, begun with the store's seed
 *   16  u32  segment number
 *   20  u32  place in its group; the group begins at sequence - place
 *   24  u64  epoch
 *   32  u64  sequence number
 * Payload: operations back to back, at least one.
 */
#pragma once

#include "base/cursor.h"
#include "kv/kv.h"

#define RECORD_MAGIC       0x72737242u /* "Brsr" */
#define RECORD_HEAD_OCTETS ((size_t)40)
#define RECORD_BLOB_HEAD   ((size_t)33) /* octets of a blob operation before its data */

enum record_kind {
	RECORD_PUT = 1,      /* u64 shard, u16 key, u32 value, octets */
	RECORD_DEL = 2,      /* u64 shard, u16 key, u32 origin, octets */
	RECORD_BLOB = 3,     /* u64 id, u64 count, u64 octets, u32 dictionary, u32 stored, octets */
	RECORD_COUNT = 4,    /* u64 id, i64 change */
	RECORD_COUNT_IS = 5, /* u64 id, u64 count, u32 origin */
	RECORD_DICT = 6,     /* u32 id, u32 length, octets */
	RECORD_SEGMENTS = 7, /* u64 next blob, u32 n, n * (u32 number, u64 octets or 0 for the last), ascending */
	RECORD_GONE = 8,     /* u64 next blob, u32 number: that segment was compacted and is taken off the list */
	RECORD_TIME = 9,     /* i64 seconds since 1970: what follows was written then or later */
};

#define RECORD_SEGMENT_ROW ((size_t)12)

struct record_segment {
	uint32_t number;
	uint64_t octets; /* 0: the one written to */
};

struct record_head {
	uint32_t payload_octets;
	uint32_t payload_crc;
	uint32_t segment;
	uint32_t place;
	uint64_t epoch;
	uint64_t seq;
};

/* seed: crc32c(0, store id). Keeps octets from mail that look like a record from being taken for one. */
void record_head_encode(char to[RECORD_HEAD_OCTETS], const struct record_head *head, uint32_t seed);
/* ERR_NEEDMORE: fewer than 40 octets; ERR_CORRUPT: no header is here. */
enum err record_head_decode(struct str octets, uint32_t seed, struct record_head *ret) MUST_USE;

/* One operation; which fields are set follows from kind. Views point into the payload. */
struct record_op {
	enum record_kind kind;
	size_t at;  /* offset in the payload */
	size_t len; /* octets, head and data */
	uint64_t shard;
	struct str key;
	struct str value;  /* PUT; BLOB: the stored form, see blob.h; DICT: octets; SEGMENTS: the list */
	kv_blob blob;      /* BLOB, COUNT, COUNT_IS; SEGMENTS, GONE: the next id to give out */
	uint64_t octets;   /* BLOB: uncompressed */
	uint64_t count;    /* BLOB, COUNT_IS */
	int64_t change;    /* COUNT; TIME: the seconds */
	uint32_t dict;     /* BLOB, DICT */
	uint32_t origin;   /* DEL, COUNT_IS: segment of the first deletion when this is a copy, else 0; GONE: the number */
};

struct record_walk {
	struct rd rest;
	size_t octets; /* of the whole payload */
};

static inline struct record_walk record_walk(struct str payload)
{
	return (struct record_walk){ .rest = rd_from(payload), .octets = payload.len };
}

/* True: ret is the next operation. False: the end, or an operation that cannot be (record_sound tells). */
bool record_next(struct record_walk *walk, struct record_op *ret) MUST_USE;
static inline bool record_sound(const struct record_walk *walk)
{
	return !walk->rest.failed && walk->rest.rest.len == 0;
}

void record_put(struct buf *to, uint64_t shard, struct str key, struct str value);
void record_del(struct buf *to, uint64_t shard, struct str key, uint32_t origin);
void record_count(struct buf *to, kv_blob id, int64_t change);
void record_count_is(struct buf *to, kv_blob id, uint64_t count, uint32_t origin);
void record_dict(struct buf *to, uint32_t id, struct str octets);
/* Head of a list of n segments; n record_segment calls must follow. */
void record_segments(struct buf *to, kv_blob next, uint32_t n);
void record_segment(struct buf *to, struct record_segment row);
void record_gone(struct buf *to, kv_blob next, uint32_t number);
void record_time(struct buf *to, int64_t seconds);
/* Row i of the list in op; i < op->value.len / RECORD_SEGMENT_ROW. */
struct record_segment record_segment_at(const struct record_op *op, size_t i);
/* The head of a blob operation; stored octets must follow. Its length may be set afterwards. */
void record_blob(struct buf *to, const struct kv_blob_row *row, uint32_t dict, uint32_t stored);
void record_blob_stored(struct buf *to, size_t op_at, uint32_t stored);
