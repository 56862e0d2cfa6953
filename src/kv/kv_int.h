/*
 * Inside src/kv only: what the drivers share. A driver embeds struct kv as its first member, fills it with
 * kv_setup and answers through a constant table of functions.
 *
 * Life of a write set: built by the owner (payload, in the form of record.h), handed to the driver by kv_commit,
 * returned through kv_post with its outcome from whatever thread, told to the owner by kv_dispatch. A driver
 * that still reads the payload after kv_post holds a reference.
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "base/list.h"
#include "kv/blob.h"
#include "kv/compress.h"
#include "kv/record.h"

struct kv_write {
	struct list node;   /* in a driver's queue, then in kv.done */
	struct kv *kv;
	struct buf payload; /* operations */
	uint32_t crc;       /* of the payload; the journal's */
	bool frees;
	bool internal;      /* the journal's own: nobody is told */
	enum err outcome;
	kv_done *done;
	void *arg;
	uint64_t seq;       /* the journal's */
	uint64_t at;        /* the journal's: segment << 32 | offset of the record */
	char head[RECORD_HEAD_OCTETS];
	atomic_int refs;
};

struct kv_range {
	uint64_t shard;
	struct str from, to;
	size_t max;
};

struct kv_scrub_args {
	uint64_t octets_max;
	bool *ret_round;
	void (*each)(void *arg, const struct kv_problem *p);
	void *arg;
};

struct verify;

struct kv_driver {
	void (*close)(struct kv *kv);
	void (*commit)(struct kv *kv, struct kv_write *w);
	/* Owner's thread, in kv_dispatch: before w's done is called, and when all have been. May be NULL. */
	void (*settled)(struct kv *kv, struct kv_write *w);
	void (*idle)(struct kv *kv);
	enum err (*read_each)(struct kv *kv, struct kv_read *rows, size_t count, kv_each_read *each, void *arg);
	enum err (*scan)(struct kv *kv, const struct kv_range *range, kv_each *each, void *arg);
	size_t (*shards)(struct kv *kv, uint64_t from, uint64_t *ret_ids, size_t max);
	size_t (*blobs)(struct kv *kv, kv_blob from, struct kv_blob_row *ret, size_t max);
	enum err (*blob_stat)(struct kv *kv, kv_blob id, struct kv_blob_row *ret);
	enum err (*blob_read)(struct kv *kv, kv_blob id, uint64_t from, uint64_t len, struct buf *to);
	void (*blob_ahead)(struct kv *kv, const kv_blob *ids, size_t count); /* NULL: nothing would be won */
	void (*stats)(struct kv *kv, struct kv_stats *ret);
	/* verify.h. blob_segment and verify_begin NULL: there are no files, and the state now is the one that is looked at. */
	uint32_t (*blob_segment)(struct kv *kv, kv_blob id);
	enum err (*verify_begin)(struct kv *kv, void (*each)(void *, const struct kv_problem *), void *arg, struct verify **ret);
	enum err (*verify_step)(struct verify *v, uint64_t octets);
	bool (*verify_grown)(const struct verify *v);
	void (*verify_progress)(const struct verify *v, uint64_t *ret_done, uint64_t *ret_total);
	void (*verify_let_go)(struct verify *v);
	void (*verify_end)(struct verify *v);
	enum err (*verify_scan)(struct verify *v, const struct kv_range *range, kv_each *each, void *arg);
	size_t (*verify_shards)(struct verify *v, uint64_t from, uint64_t *ret, size_t max);
	size_t (*verify_blobs)(struct verify *v, kv_blob from, struct kv_blob_row *ret, size_t max);
	enum err (*scrub)(struct kv *kv, const struct kv_scrub_args *args);
	uint32_t (*scrub_place)(struct kv *kv); /* NULL, as the next: nothing is scrubbed */
	void (*scrub_go)(struct kv *kv, uint32_t segment);
	enum err (*compact)(struct kv *kv, unsigned percent, uint64_t *ret_octets);
	/* The three of a backup; NULL: there are no files. */
	size_t (*segments)(struct kv *kv, uint32_t from, struct kv_segment *ret, size_t max);
	enum err (*segment)(struct kv *kv, uint32_t number, int *ret_fd);
	void (*hold)(struct kv *kv, bool on);
	void (*inject)(struct kv *kv, enum kv_fault fault, unsigned nth);
};

struct kv {
	const struct kv_driver *driver;
	void (*on_fatal)(void *arg, const char *what);
	void *arg;
	struct compress *compress; /* NULL: blobs are stored as they are */
	kv_blob next_blob;
	int wake;                  /* eventfd */
	pthread_mutex_t lock;      /* the three below */
	struct list done;          /* write sets with an outcome, in order of commit */
	size_t done_count;
	const char *fatal;         /* static text; set once */
	bool fatal_told;
};

/* ERR_IO when there is no descriptor left. */
enum err kv_setup(struct kv *kv, const struct kv_driver *driver, const struct kv_options *options) MUST_USE;
void kv_teardown(struct kv *kv); /* drops what was never dispatched */

/* Any thread: w has come to its end. */
void kv_post(struct kv *kv, struct kv_write *w, enum err outcome);
/* Any thread: the engine must stop; the owner hears of it in kv_dispatch. what is static. */
void kv_fatal(struct kv *kv, const char *what);
void kv_wake(struct kv *kv); /* any thread: make kv_dispatch run */

void kv_write_ref(struct kv_write *w);
void kv_write_unref(struct kv_write *w);
