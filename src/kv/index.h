/*
 * The index: one LMDB file beside the journal, made from it and never believed after a doubt. Every row carries
 * the place of the operation that wrote it (segment << 32 | offset), a 64-bit check, and `since`: the oldest segment
 * that may hold something older for the same key, which a deletion must go on hiding. The position up to which
 * the journal is in the index is committed together with the rows.
 *
 * Commits flush the data pages but not the meta page (MDB_NOMETASYNC): a power cut may take back the last commit,
 * never harm the file, and the journal's tail replays it.
 *
 * One writing transaction at a time, begun and ended on one thread; views are for one other thread.
 */
#pragma once

#include <lmdb.h>

#include "kv/segments.h"

struct index_position {
	uint32_t segment;
	uint64_t offset; /* of the first octet not yet in the index */
	uint64_t epoch, seq; /* of the last record in the index */
	kv_blob next_blob;
	bool building;   /* a rebuild was begun and is not finished */
	char id[STORE_ID_OCTETS];
	uint64_t keys, blobs; /* rows there were at the commit; index_commit counts them itself */
};

struct index_key {
	struct str value;
	uint64_t at;
	uint32_t since;
};

/*
 * A deletion that hides something in an older segment. Compaction carries it on as long as there is a segment in
 * [since, origin), and rebuilding makes it again. A key (or id) is in keys (or blobs), or in gone, or in neither.
 */
struct index_gone {
	uint64_t at;     /* of the operation that deleted, or its copy */
	uint32_t since;
	uint32_t origin; /* segment where it was first deleted */
	uint32_t octets; /* of the operation */
	bool is;         /* blobs: the operation says "count is 0" and not only how it changed */
};

struct index_blob {
	uint64_t at;
	uint64_t is_at;  /* of the last operation that gave the count outright: at, or a later COUNT_IS */
	uint32_t since;
	uint64_t octets;
	int64_t count; /* below 1 only while rebuilding */
	uint32_t stored;
	uint32_t dict;
};

struct index {
	MDB_env *env;
	MDB_dbi keys, blobs, gone, segments, meta;
	MDB_txn *txn;  /* writing, or NULL */
	MDB_txn *view; /* reading: reset or open */
};

/* path: the file. ERR_CORRUPT: not ours or not readable; ERR_IO, ERR_DISKFULL. */
enum err index_open(const char *path, struct index *ret) MUST_USE;
void index_close(struct index *x);

/* ---- writing ---- */
enum err index_begin(struct index *x) MUST_USE; /* nothing when begun */
enum err index_commit(struct index *x, const struct index_position *p) MUST_USE;
void index_abort(struct index *x);
enum err index_flush(struct index *x) MUST_USE; /* the meta page too */

enum err index_put(struct index *x, uint64_t shard, struct str key, const struct index_key *row) MUST_USE;
enum err index_del(struct index *x, uint64_t shard, struct str key) MUST_USE; /* fine when it is not there */
enum err index_blob_put(struct index *x, kv_blob id, const struct index_blob *row) MUST_USE;
enum err index_blob_del(struct index *x, kv_blob id) MUST_USE;
/* blob: the number is an id and the key is empty. */
enum err index_gone_put(struct index *x, bool blob, uint64_t shard, struct str key, const struct index_gone *row) MUST_USE;
enum err index_gone_del(struct index *x, bool blob, uint64_t shard, struct str key) MUST_USE;
enum err index_dict_put(struct index *x, uint32_t id, struct str octets, uint64_t at) MUST_USE;
enum err index_segment_put(struct index *x, const struct segment_row *row) MUST_USE;
enum err index_segment_del(struct index *x, uint32_t number) MUST_USE;

/* ---- reading; txn is x->txn or what index_view gave ---- */

/* The newest committed state until index_view_done. */
enum err index_view(struct index *x, MDB_txn **ret, struct index_position *ret_position) MUST_USE;
void index_view_done(struct index *x);
/* The newest committed state for as long as is liked, beside views; meanwhile no page that it needs is used again, and the file
 * grows. */
enum err index_snapshot(struct index *x, MDB_txn **ret, struct index_position *ret_position) MUST_USE;
void index_snapshot_done(MDB_txn *txn);
uint64_t index_octets(struct index *x); /* of the file, in use or free */

enum err index_position(struct index *x, MDB_txn *txn, struct index_position *ret) MUST_USE; /* ERR_NOTFOUND */
/* ERR_NOTFOUND, ERR_CORRUPT, ERR_IO. Views live as long as the transaction is not written to or ended. */
enum err index_get(struct index *x, MDB_txn *txn, uint64_t shard, struct str key, struct index_key *ret) MUST_USE;
enum err index_blob_get(struct index *x, MDB_txn *txn, kv_blob id, struct index_blob *ret) MUST_USE;
/* From the writing transaction. */
enum err index_gone_get(struct index *x, bool blob, uint64_t shard, struct str key, struct index_gone *ret) MUST_USE;
uint64_t index_keys(struct index *x, MDB_txn *txn);
uint64_t index_blobs(struct index *x, MDB_txn *txn);

struct index_row {
	uint64_t shard;
	struct str key, value;
	uint64_t at;
	uint32_t since;
};

/* A cursor over keys (or blobs); init, seek, next until ERR_NOTFOUND, done. */
struct index_cursor {
	struct index *x;
	MDB_cursor *cursor;
	bool positioned;
};

enum err index_cursor_keys(struct index *x, MDB_txn *txn, struct index_cursor *ret) MUST_USE;
enum err index_cursor_blobs(struct index *x, MDB_txn *txn, struct index_cursor *ret) MUST_USE;
void index_cursor_done(struct index_cursor *c);
/* Exactly this key, from where the cursor stands. ERR_NOTFOUND. */
enum err index_cursor_get(struct index_cursor *c, uint64_t shard, struct str key, struct index_key *ret) MUST_USE;
enum err index_seek(struct index_cursor *c, uint64_t shard, struct str key, struct index_row *ret) MUST_USE;
enum err index_next(struct index_cursor *c, struct index_row *ret) MUST_USE;
/* A row of the blobs table: its shard is the id. */
enum err index_blob_decode(const struct index_row *row, struct index_blob *ret) MUST_USE;

/* Calls each for every row, in order; stops at the first error. */
enum err index_segments(struct index *x, MDB_txn *txn,
	void (*each)(void *arg, const struct segment_row *row), void *arg) MUST_USE;
enum err index_dicts(struct index *x, MDB_txn *txn, void (*each)(void *arg, uint32_t id, struct str octets),
	void *arg) MUST_USE;
/* Where the dictionary's operation is; ERR_NOTFOUND. */
enum err index_dict_at(struct index *x, MDB_txn *txn, uint32_t id, uint64_t *ret_at) MUST_USE;
