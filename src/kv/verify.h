/*
 * Reading everything again: the journal's part of kv_check, and kv_scrub. Owner's thread.
 *
 * A verification compares one state: that of the index when it began, after everything committed was put into it. While it has
 * that snapshot nothing is compacted, so that places stay true, and the index cannot use old pages again.
 */
#pragma once

#include "kv/journal.h"

struct verify;

/* ERR_IO, ERR_CORRUPT. */
enum err verify_begin(struct kv *kv, void (*each)(void *arg, const struct kv_problem *p), void *arg, struct verify **ret) MUST_USE;
/* Reads about so many octets of segments and compares them. ERR_NEEDMORE; at the end ERR_OK or ERR_CORRUPT; ERR_IO. When the
 * index has grown too much for the snapshot's sake it is given up here, and the counts of rows are not compared. */
enum err verify_step(struct verify *v, uint64_t octets) MUST_USE;
/* The index has grown that much. */
bool verify_grown(const struct verify *v) MUST_USE;
void verify_progress(const struct verify *v, uint64_t *ret_done, uint64_t *ret_total);
void verify_let_go(struct verify *v); /* of snapshot and compaction; no step after it */
void verify_end(struct verify *v);

/* As the reads of kv.h, of the snapshot; before the first verify_step. */
enum err verify_scan(struct verify *v, const struct kv_range *range, kv_each *each, void *arg) MUST_USE;
size_t verify_shards(struct verify *v, uint64_t from, uint64_t *ret, size_t max);
size_t verify_blobs(struct verify *v, kv_blob from, struct kv_blob_row *ret, size_t max);

uint32_t verify_scrub_place(struct kv *kv);
void verify_scrub_go(struct kv *kv, uint32_t segment);
enum err verify_scrub(struct kv *kv, const struct kv_scrub_args *args) MUST_USE;
