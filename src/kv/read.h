/* The read set and blobs of the journal driver: one index view and what is younger than it. Owner's thread. */
#pragma once

#include "kv/journal.h"

enum err read_each(struct kv *kv, struct kv_read *rows, size_t count, kv_each_read *each, void *arg) MUST_USE;
enum err read_scan(struct kv *kv, const struct kv_range *range, kv_each *each, void *arg) MUST_USE;
size_t read_shards(struct kv *kv, uint64_t from, uint64_t *ret_ids, size_t max);
size_t read_blobs(struct kv *kv, kv_blob from, struct kv_blob_row *ret, size_t max);
enum err read_blob_stat(struct kv *kv, kv_blob id, struct kv_blob_row *ret) MUST_USE;
uint32_t read_blob_segment(struct kv *kv, kv_blob id); /* 0: there is no such blob */
void read_ahead(struct kv *kv, const kv_blob *ids, size_t count);
enum err read_blob(struct kv *kv, kv_blob id, uint64_t from, uint64_t len, struct buf *to) MUST_USE;
/* How many keys and blobs there are. */
void read_counts(struct kv *kv, uint64_t *ret_keys, uint64_t *ret_blobs);
