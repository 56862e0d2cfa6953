/*
 * The engine under both information stores and the directory: an ordered key-value space in shards,
 * and blobs beside it. Nothing here knows of mail.
 *
 * Shape that every driver keeps, so that a network database costs two round trips a transaction:
 * one batched read set (kv_read, kv_scan), then one batched write set and commit (kv_commit). There is
 * no interactive get/put. One write set is atomic: after a crash all of it is there or none.
 *
 * Keys sort by shard, then by octets. Keys are at most KV_KEY_OCTETS_MAX, values KV_VALUE_OCTETS_MAX; larger
 * things are blobs. A blob is written once, is immutable, and is counted: it lives while its count is above
 * zero. Blob ids are never reused.
 *
 * Durability: `done` of a commit is called with ERR_OK only after the data was flushed (journal: one
 * fdatasync for a group of commits; postgres: COMMIT acknowledged). A failed flush is never retried and never
 * acknowledged: the driver calls `on_fatal`, which must not return to normal work. ERR_DISKFULL refuses a
 * commit whole and leaves the engine usable for reading and for write sets marked kv_write_frees.
 *
 * Threads: all calls from one thread (the owner's loop thread); `done` is called on that thread from
 * kv_dispatch(), which the owner calls when the descriptor kv_wake_fd() turns readable. Reads see every commit
 * whose `done` was called (read your writes), and may see later ones.
 */
#pragma once

#include <sys/uio.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#define KV_KEY_OCTETS_MAX   ((size_t)400)
#define KV_VALUE_OCTETS_MAX ((size_t)1 << 20)
#define KV_WRITE_OCTETS_MAX ((size_t)1 << 29)

struct kv;

/* ---- opening ---- */

struct kv_options {
	const char *folder;      /* journal: data folder, must exist; memory: NULL */
	size_t segment_octets;   /* journal: roll to a new segment file at this size; 0 = 256 MiB */
	unsigned index_ms_max;   /* journal: how long the index may lag; 0 = 50 */
	bool compress;           /* zstd for blobs */
	bool rebuild_index;      /* journal: throw the index away and make it from the journal */
	unsigned lock_ms;        /* journal: how long another process may still have it: one that was killed goes when its memory is gone */
	bool times;              /* journal: note the time once a second, so that a restore can go back to a moment */
	size_t reserve_octets;   /* journal: room kept for kv_write_frees when the disk is full; 0 = 16 MiB */
	/* A flush or an index write failed. Called on the owner's thread, once; end the role. */
	void (*on_fatal)(void *arg, const char *what);
	/* Start-up progress (replay, rebuild), octets of journal; may be NULL. */
	void (*on_progress)(void *arg, uint64_t done, uint64_t total);
	void *arg;
	/* Tests: before each write to a segment, on the thread that writes. May be NULL. */
	void (*on_write)(void *arg, int fd, const struct iovec *parts, int count, uint64_t at);
};

/* A fault found in what is stored; what is one sentence for the administrator, static. */
struct kv_problem {
	uint64_t segment, offset;
	const char *what;
};

/* What opening found; counts are since the last clean index position. */
struct kv_opened {
	uint64_t records_replayed;
	uint64_t tail_octets_dropped; /* an unfinished record at the very end */
	bool index_rebuilt;           /* missing, doubted or asked for */
	const char *why_rebuilt;      /* static, NULL when it was not */
	struct kv_problem damage;     /* after ERR_CORRUPT: where and what; what is NULL otherwise */
};

/* ERR_IO, ERR_CORRUPT (a bad record with good ones behind it, a missing segment, a journal that ends before
 * what the index has seen), ERR_INUSE (another process has it), ERR_DISKFULL. ret_opened is set in each case.
 * All threads are started and all descriptors but those of segments are opened here, before any sandbox. */
enum err kv_open_journal(const struct kv_options *options, struct kv **ret, struct kv_opened *ret_opened) MUST_USE;
/* Volatile twin for tests and the simulator; same semantics, `done` also comes through kv_dispatch. */
enum err kv_open_memory(const struct kv_options *options, struct kv **ret) MUST_USE;
/* Waits for everything committed, marks the index clean, frees. Accepts NULL. */
void kv_close(struct kv *kv);

int kv_wake_fd(const struct kv *kv);  /* readable when kv_dispatch has something to do */
void kv_dispatch(struct kv *kv);      /* calls done callbacks that are due */

/* ---- read set ---- */

struct kv_read {
	uint64_t shard;
	struct str key;
	bool ret_found;
	struct str ret_value; /* in the arena given to kv_read_all */
};

/* Fills every row from one snapshot. ERR_IO, ERR_CORRUPT. */
enum err kv_read_all(struct kv *kv, struct kv_read *rows, size_t count, struct arena *arena) MUST_USE;

/* Row i is filled; its value is a view that is valid until kv_read_each returns. Return false to stop. Must not call
 * into the engine. */
typedef bool kv_each_read(void *arg, size_t i);

/* As kv_read_all without the copies: rows are filled and told one by one, in their order, from one snapshot. Cheapest
 * with ascending keys of one shard. */
enum err kv_read_each(struct kv *kv, struct kv_read *rows, size_t count, kv_each_read *each, void *arg) MUST_USE;

/* Views are valid during the call only. Return false to stop. Must not call into the engine. */
typedef bool kv_each(void *arg, struct str key, struct str value);

/* Keys of one shard with from <= key < to, ascending; to empty = to the end of the shard. At most max rows
 * (0 = all; the driver renews its snapshot every 10,000 rows or 10 ms). */
enum err kv_scan(struct kv *kv, uint64_t shard, struct str from, struct str to, size_t max, kv_each *each, void *arg) MUST_USE;

/* Shards that hold at least one key, ascending, starting at from; fills ids, returns how many. */
size_t kv_shards(struct kv *kv, uint64_t from, uint64_t *ret_ids, size_t max);

/* ---- blobs ---- */

typedef uint64_t kv_blob; /* 0 is no blob */

struct kv_blob_row {
	kv_blob id;
	uint64_t octets; /* uncompressed */
	uint64_t count;
};

enum err kv_blob_stat(struct kv *kv, kv_blob id, struct kv_blob_row *ret) MUST_USE; /* ERR_NOTFOUND */
/* Appends octets [from, from+len) of the blob to `to`, clipped at its end. ERR_NOTFOUND, ERR_CORRUPT (checksum), ERR_IO, ERR_TOOBIG. */
enum err kv_blob_read(struct kv *kv, kv_blob id, uint64_t from, uint64_t len, struct buf *to) MUST_USE;
/* A hint: these will be read whole, in this order and soon. Cheapest with ascending ids; large ones are passed over. */
void kv_blob_ahead(struct kv *kv, const kv_blob *ids, size_t count);
/* Blobs with id >= from, ascending; fills rows, returns how many. For checks that look for blobs nobody holds. */
size_t kv_blobs(struct kv *kv, kv_blob from, struct kv_blob_row *ret, size_t max);

/* ---- write set ---- */

struct kv_write; /* a write set being built; owned by the caller until committed */

struct kv_write *kv_write_new(struct kv *kv) MUST_USE;
void kv_write_free(struct kv_write *w); /* without committing; accepts NULL */
void kv_put(struct kv_write *w, uint64_t shard, struct str key, struct str value);
void kv_del(struct kv_write *w, uint64_t shard, struct str key);
/* A new blob with the given first count (>= 1); octets are copied (compressed) now. The id is final at once.
 * A write set of more than KV_WRITE_OCTETS_MAX is refused whole with ERR_TOOBIG. */
kv_blob kv_blob_add(struct kv_write *w, struct str octets, uint64_t count);
void kv_blob_count(struct kv_write *w, kv_blob id, int64_t change); /* at zero the blob is gone */
/* This write set frees space (expunge, delete): it may use the reserve when the disk is full. */
void kv_write_frees(struct kv_write *w);

typedef void kv_done(void *arg, enum err e);
/* Takes w. Commits are applied in the order of these calls. done may be NULL. ERR_DISKFULL comes through done. */
void kv_commit(struct kv *kv, struct kv_write *w, kv_done *done, void *arg);
/* Commit and wait (tools, start-up, tests). */
enum err kv_commit_now(struct kv *kv, struct kv_write *w) MUST_USE;

/* ---- care ---- */

struct kv_stats {
	uint64_t keys, blobs;
	uint64_t journal_octets, live_octets; /* on disk; of these not garbage */
	uint64_t segments;
	uint64_t commits, flushes;            /* since opening */
	bool disk_full;
};

void kv_stats(struct kv *kv, struct kv_stats *ret);
/* Reads every segment and compares the index with what the journal says. Calls each for every fault found.
 * ERR_OK when there was none, ERR_CORRUPT otherwise. */
enum err kv_verify(struct kv *kv, void (*each)(void *arg, const struct kv_problem *p), void *arg) MUST_USE;

/*
 * The same and more in steps of a few milliseconds, so that the owner can serve others between them. Index and journal are
 * compared in the state when it began: what is committed meanwhile is not looked at, and no segment is compacted until the
 * blobs' turn. Blobs are read as they are; one that went while it was read is no fault.
 */
struct kv_check;

enum kv_check_what {
	KV_CHECK_KEYS = 1,     /* every key and value, for the digest */
	KV_CHECK_JOURNAL = 2,  /* what kv_verify does */
	KV_CHECK_BLOBS = 4,    /* the octets of every blob, after the others */
	KV_CHECK_SNAPSHOT = 8, /* only kv_check_scan and its like */
};

struct kv_check_options {
	unsigned what; /* of enum kv_check_what */
	uint32_t segment; /* only blobs whose octets are in it; 0: all */
	void (*each)(void *arg, const struct kv_problem *p); /* may be NULL */
	void (*blob)(void *arg, kv_blob id); /* one that cannot be read; NULL: each is told */
	void *arg;
};

struct kv_check_progress {
	const char *what; /* static */
	uint64_t done, total;
};

/* Waits until what was committed is in the index. ERR_IO, ERR_CORRUPT. */
enum err kv_check_begin(struct kv *kv, const struct kv_check_options *options, struct kv_check **ret) MUST_USE;
/* ERR_NEEDMORE; at the end ERR_OK or ERR_CORRUPT; ERR_IO: it could not go on. */
enum err kv_check_step(struct kv_check *c) MUST_USE;
void kv_check_progress(const struct kv_check *c, struct kv_check_progress *ret);
uint64_t kv_check_digest(const struct kv_check *c); /* as kv_digest when nothing was committed meanwhile */
void kv_check_end(struct kv_check *c); /* at any time; accepts NULL */

struct kv_check_range {
	uint64_t shard;
	struct str from;
	size_t max;
};

/* kv_scan, kv_shards and kv_blobs of the state when it began; before the first kv_check_step. ERR_CORRUPT: a row is damaged. */
enum err kv_check_scan(struct kv_check *c, const struct kv_check_range *range, kv_each *each, void *arg) MUST_USE;
size_t kv_check_shards(struct kv_check *c, uint64_t from, uint64_t *ret_ids, size_t max);
size_t kv_check_blobs(struct kv_check *c, kv_blob from, struct kv_blob_row *ret, size_t max);
/* The index has grown so much for the sake of that state that whoever reads it should end. */
bool kv_check_stale(const struct kv_check *c);

/* The scrub: reads about octets_max more of the closed segments, going round; same reports as kv_verify, without
 * the comparison. *ret_round is set true when the last closed segment was finished by this call. */
enum err kv_scrub(struct kv *kv, uint64_t octets_max, bool *ret_round, void (*each)(void *arg, const struct kv_problem *p),
	void *arg) MUST_USE;
/* The segment that the next kv_scrub begins or goes on in, or one before it; 0: a new round. */
uint32_t kv_scrub_place(struct kv *kv);
/* Goes on at the beginning of that segment, or the next one there is: for the place kept over a restart. */
void kv_scrub_go(struct kv *kv, uint32_t segment);
/* Copies live records out of the closed segment with most garbage if at least `percent` of it is garbage, then
 * removes it. The copying is done by the writer thread between groups, so that the owner never waits:
 * ERR_NEEDMORE  a segment is being compacted (perhaps since this call); ask again later, e.g. each second
 * ERR_OK        *ret_octets is what the run that has ended gave back; 0 = nothing worth doing
 * ERR_CORRUPT   the segment has a bad record and was left alone; ERR_IO. */
enum err kv_compact(struct kv *kv, unsigned percent, uint64_t *ret_octets) MUST_USE;
/* The same, waiting for the end of the run (tools, tests). */
enum err kv_compact_now(struct kv *kv, unsigned percent, uint64_t *ret_octets) MUST_USE;
/* A digest of all keys, values and blobs, equal for equal contents whatever the driver or history. */
enum err kv_digest(struct kv *kv, uint64_t *ret) MUST_USE;

/* ---- backup: the driver's files, for somebody who copies them ---- */

struct kv_segment {
	uint32_t number;
	uint64_t octets; /* flushed; never changes once closed, only grows before */
	bool closed;
};

/* Segments with number >= from, ascending; fills ret, returns how many. None for a driver without files. */
size_t kv_segments(struct kv *kv, uint32_t from, struct kv_segment *ret, size_t max);
/* A descriptor for reading, the caller's. ERR_NOTFOUND: compacted meanwhile; ERR_IO. */
enum err kv_segment_open(struct kv *kv, uint32_t number, int *ret_fd) MUST_USE;
/* While held no segment is compacted, so that a list stays true. Calls nest. */
void kv_hold(struct kv *kv, bool on);

/* ---- faults, for tests: fail the n-th system call of a kind from now on ---- */

enum kv_fault { KV_FAULT_NONE, KV_FAULT_WRITE_EIO, KV_FAULT_WRITE_SHORT, KV_FAULT_WRITE_ENOSPC, KV_FAULT_FLUSH_EIO, KV_FAULT_DIE };
void kv_fault_inject(struct kv *kv, enum kv_fault fault, unsigned nth);
