/* Brings one record of the journal into the index: the same code live and in replay. */
#pragma once

#include "kv/index.h"
#include "kv/segments.h"

struct apply {
	struct index *index;
	struct segments *segments;
	struct index_position position; /* what is in the index, committed or not */
	/*
	 * While rebuilding a compacted journal a count may touch zero before the record that corrects it
	 * comes: such blobs are kept, remembered, and dropped at the end if they are still at zero.
	 */
	struct apply_zero {
		kv_blob id;
		uint64_t at; /* of the count operation */
		bool is;
	} *zero;
	size_t zero_count, zero_held;
	size_t operations; /* since the last commit */
};

static inline uint64_t apply_place(uint32_t segment, uint64_t offset)
{
	must(offset <= UINT32_MAX);
	return (uint64_t)segment << 32 | offset;
}

/* begin, then records in order, then commit. at: offset of the record's header. ERR_IO, ERR_DISKFULL, ERR_CORRUPT. */
enum err apply_record(struct apply *a, const struct segment_record *record) MUST_USE;
enum err apply_commit(struct apply *a) MUST_USE;
/* The deletion op (DEL, COUNT, COUNT_IS) hides nothing any more. Within a transaction. ERR_NOTFOUND. */
enum err apply_forget(struct apply *a, const struct record_op *op) MUST_USE;
/* End of a rebuild; then commit. */
enum err apply_settle(struct apply *a) MUST_USE;
void apply_done(struct apply *a);
