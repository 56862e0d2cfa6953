/*
 * What was acknowledged and is perhaps not in the committed index yet, so that reads need not wait for an index
 * commit. A row here counts when its number (sequence of its write set) is above the position of the index view
 * it is read beside; the view together with those rows is the state after the last write set told to the owner.
 * Owner's thread only.
 */
#pragma once

#include "base/list.h"
#include "kv/index.h"
#include "kv/table.h"

struct kv_write;

struct recent {
	struct table keys;  /* data: NULL, or &recent_gone for a deleted key */
	struct table blobs; /* (id, "") -> value is a struct index_blob; count 0: gone */
	struct list writes; /* oldest first */
};

extern const char recent_gone;

void recent_init(struct recent *r);
void recent_done(struct recent *r);
/* A write set that was acknowledged. Takes a reference. Counts are worked out with the help of the index. */
enum err recent_add(struct recent *r, struct kv_write *w, struct index *x) MUST_USE;
/* Everything up to indexed_seq is in the committed index. */
void recent_trim(struct recent *r, uint64_t indexed_seq);

/* A walk over the view and the recent rows as one. */
struct recent_walk {
	struct recent *recent;
	bool blobs;
	MDB_txn *txn;
	uint64_t indexed_seq;
	struct index_cursor cursor;
	struct index_row row;
	enum err row_state;               /* ERR_OK: row is set; ERR_NOTFOUND: no more */
	const struct table_row *fresh;    /* next recent row, or NULL */
};

struct recent_row {
	uint64_t shard;
	struct str key, value; /* value: recent blobs: see recent_row_blob */
	uint64_t at;           /* of an index row; 0: recent */
};

enum err recent_walk_init(struct recent_walk *w, struct recent *r, struct index *x, bool blobs) MUST_USE;
void recent_walk_done(struct recent_walk *w);
/* Place the walk before (shard, key). */
enum err recent_seek(struct recent_walk *w, uint64_t shard, struct str key) MUST_USE;
/* ERR_NOTFOUND at the end. */
enum err recent_next(struct recent_walk *w, struct recent_row *ret) MUST_USE;
enum err recent_row_blob(const struct recent_row *row, struct index_blob *ret) MUST_USE;

/* Point reads of a walk over keys go through a cursor from now on. */
enum err recent_walk_near(struct recent_walk *w) MUST_USE;
/* Point reads beside a view. ERR_NOTFOUND. */
enum err recent_get(struct recent_walk *w, uint64_t shard, struct str key, struct str *ret) MUST_USE;
enum err recent_blob(struct recent_walk *w, kv_blob id, struct index_blob *ret) MUST_USE;
/* Of a recent row: it says that the key or blob is not there any more. */
bool recent_is_gone(const struct recent_walk *w, const struct table_row *row);
