#include "kv/kv.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "kv/kv_int.h"

enum err kv_setup(struct kv *kv, const struct kv_driver *driver, const struct kv_options *options)
{
	kv->driver = driver;
	kv->on_fatal = options->on_fatal;
	kv->arg = options->arg;
	kv->next_blob = 1;
	kv->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&kv->lock, NULL);
	list_init(&kv->done);
	return kv->wake >= 0 ? ERR_OK : ERR_IO;
}

void kv_teardown(struct kv *kv)
{
	LIST_EACH (node, &kv->done) {
		list_remove(node);
		kv_write_unref(LIST_OF(node, struct kv_write, node));
	}
	pthread_mutex_destroy(&kv->lock);
	if (kv->wake >= 0)
		close(kv->wake);
}

void kv_wake(struct kv *kv)
{
	uint64_t one = 1;
	ssize_t n;

	do {
		n = write(kv->wake, &one, sizeof(one));
	} while (n < 0 && errno == EINTR);
}

void kv_post(struct kv *kv, struct kv_write *w, enum err outcome)
{
	bool first;

	w->outcome = outcome;
	pthread_mutex_lock(&kv->lock);
	first = kv->done_count++ == 0;
	list_add_tail(&kv->done, &w->node);
	pthread_mutex_unlock(&kv->lock);
	if (first)
		kv_wake(kv);
}

void kv_fatal(struct kv *kv, const char *what)
{
	pthread_mutex_lock(&kv->lock);
	if (kv->fatal == NULL)
		kv->fatal = what;
	pthread_mutex_unlock(&kv->lock);
	kv_wake(kv);
}

void kv_write_ref(struct kv_write *w)
{
	atomic_fetch_add_explicit(&w->refs, 1, memory_order_relaxed);
}

void kv_write_unref(struct kv_write *w)
{
	if (atomic_fetch_sub_explicit(&w->refs, 1, memory_order_acq_rel) > 1)
		return;
	buf_done(&w->payload);
	mem_free(w);
}

void kv_close(struct kv *kv)
{
	if (kv != NULL)
		kv->driver->close(kv);
}

int kv_wake_fd(const struct kv *kv)
{
	return kv->wake;
}

static void tell_fatal(struct kv *kv)
{
	const char *what = NULL;

	pthread_mutex_lock(&kv->lock);
	if (kv->fatal != NULL && !kv->fatal_told) {
		what = kv->fatal;
		kv->fatal_told = true;
	}
	pthread_mutex_unlock(&kv->lock);
	if (what != NULL && kv->on_fatal != NULL)
		kv->on_fatal(kv->arg, what);
}

static struct kv_write *take_done(struct kv *kv)
{
	struct kv_write *w = NULL;

	pthread_mutex_lock(&kv->lock);
	if (!list_empty(&kv->done)) {
		w = LIST_OF(kv->done.next, struct kv_write, node);
		list_remove(&w->node);
		kv->done_count--;
	}
	pthread_mutex_unlock(&kv->lock);
	return w;
}

void kv_dispatch(struct kv *kv)
{
	struct kv_write *w;
	uint64_t count;
	size_t due;

	if (read(kv->wake, &count, sizeof(count)) < 0)
		must(errno == EAGAIN || errno == EINTR);
	tell_fatal(kv);
	pthread_mutex_lock(&kv->lock);
	due = kv->done_count; /* done may commit again; that waits for the next turn */
	pthread_mutex_unlock(&kv->lock);
	for (; due > 0 && (w = take_done(kv)) != NULL; due--) {
		if (kv->driver->settled != NULL)
			kv->driver->settled(kv, w);
		if (w->done != NULL)
			w->done(w->arg, w->outcome);
		kv_write_unref(w);
	}
	pthread_mutex_lock(&kv->lock);
	due = kv->done_count;
	pthread_mutex_unlock(&kv->lock);
	if (due > 0)
		kv_wake(kv);
	if (kv->driver->idle != NULL)
		kv->driver->idle(kv);
}

enum err kv_read_each(
	struct kv *kv, struct kv_read *rows, size_t count, kv_each_read *each, void *arg)
{
	for (size_t i = 0; i < count; i++)
		must(rows[i].key.len <= KV_KEY_OCTETS_MAX);
	return kv->driver->read_each(kv, rows, count, each, arg);
}

struct copying {
	struct kv_read *rows;
	struct arena *arena;
};

static bool copy_value(void *arg, size_t i)
{
	struct copying *c = arg;
	struct kv_read *row = &c->rows[i];

	if (row->ret_found)
		row->ret_value = arena_str(c->arena, row->ret_value);
	return true;
}

enum err kv_read_all(struct kv *kv, struct kv_read *rows, size_t count, struct arena *arena)
{
	return kv_read_each(kv, rows, count, copy_value, &(struct copying){ rows, arena });
}

enum err kv_scan(struct kv *kv, uint64_t shard, struct str from, struct str to, size_t max,
	kv_each *each, void *arg)
{
	struct kv_range range = { shard, from, to, max };

	must(from.len <= KV_KEY_OCTETS_MAX && to.len <= KV_KEY_OCTETS_MAX);
	return kv->driver->scan(kv, &range, each, arg);
}

size_t kv_shards(struct kv *kv, uint64_t from, uint64_t *ret_ids, size_t max)
{
	return kv->driver->shards(kv, from, ret_ids, max);
}

size_t kv_blobs(struct kv *kv, kv_blob from, struct kv_blob_row *ret, size_t max)
{
	return kv->driver->blobs(kv, from, ret, max);
}

enum err kv_blob_stat(struct kv *kv, kv_blob id, struct kv_blob_row *ret)
{
	return kv->driver->blob_stat(kv, id, ret);
}

enum err kv_blob_read(struct kv *kv, kv_blob id, uint64_t from, uint64_t len, struct buf *to)
{
	return kv->driver->blob_read(kv, id, from, len, to);
}

void kv_blob_ahead(struct kv *kv, const kv_blob *ids, size_t count)
{
	if (kv->driver->blob_ahead != NULL && count > 0)
		kv->driver->blob_ahead(kv, ids, count);
}

struct kv_write *kv_write_new(struct kv *kv)
{
	struct kv_write *w = MEM_NEW(struct kv_write);

	w->kv = kv;
	list_init(&w->node);
	buf_init(&w->payload, KV_WRITE_OCTETS_MAX);
	atomic_init(&w->refs, 1);
	return w;
}

void kv_write_free(struct kv_write *w)
{
	if (w != NULL)
		kv_write_unref(w);
}

void kv_put(struct kv_write *w, uint64_t shard, struct str key, struct str value)
{
	record_put(&w->payload, shard, key, value);
}

void kv_del(struct kv_write *w, uint64_t shard, struct str key)
{
	record_del(&w->payload, shard, key, 0);
}

kv_blob kv_blob_add(struct kv_write *w, struct str octets, uint64_t count)
{
	struct kv_blob_row row = { .id = w->kv->next_blob++, .count = count };

	must(count > 0);
	if (w->kv->compress != NULL)
		compress_sample(w->kv->compress, octets);
	blob_write(&w->payload, row, octets, w->kv->compress);
	return row.id;
}

void kv_blob_count(struct kv_write *w, kv_blob id, int64_t change)
{
	record_count(&w->payload, id, change);
}

void kv_write_frees(struct kv_write *w)
{
	w->frees = true;
}

void kv_commit(struct kv *kv, struct kv_write *w, kv_done *done, void *arg)
{
	must(w->kv == kv);
	w->done = done;
	w->arg = arg;
	if (buf_overflowed(&w->payload))
		w->outcome = ERR_TOOBIG;
	kv->driver->commit(kv, w);
}

struct waiting {
	bool over;
	enum err outcome;
};

static void over(void *arg, enum err e)
{
	struct waiting *waiting = arg;

	waiting->over = true;
	waiting->outcome = e;
}

enum err kv_commit_now(struct kv *kv, struct kv_write *w)
{
	struct waiting waiting = { 0 };

	kv_commit(kv, w, over, &waiting);
	while (!waiting.over) {
		struct pollfd wake = { .fd = kv->wake, .events = POLLIN };

		if (poll(&wake, 1, -1) < 0)
			must(errno == EINTR);
		kv_dispatch(kv);
	}
	return waiting.outcome;
}

void kv_stats(struct kv *kv, struct kv_stats *ret)
{
	kv->driver->stats(kv, ret);
}

enum err kv_scrub(struct kv *kv, uint64_t octets_max, bool *ret_round,
	void (*each)(void *arg, const struct kv_problem *p), void *arg)
{
	struct kv_scrub_args args = { octets_max, ret_round, each, arg };

	return kv->driver->scrub(kv, &args);
}

uint32_t kv_scrub_place(struct kv *kv)
{
	return kv->driver->scrub_place != NULL ? kv->driver->scrub_place(kv) : 0;
}

void kv_scrub_go(struct kv *kv, uint32_t segment)
{
	if (kv->driver->scrub_go != NULL)
		kv->driver->scrub_go(kv, segment);
}

enum err kv_compact(struct kv *kv, unsigned percent, uint64_t *ret_octets)
{
	return kv->driver->compact(kv, percent, ret_octets);
}

enum err kv_compact_now(struct kv *kv, unsigned percent, uint64_t *ret_octets)
{
	enum err e;

	while ((e = kv_compact(kv, percent, ret_octets)) == ERR_NEEDMORE) {
		struct timespec pause = { .tv_nsec = 1000000 };

		nanosleep(&pause, NULL);
		kv_dispatch(kv);
	}
	return e;
}

size_t kv_segments(struct kv *kv, uint32_t from, struct kv_segment *ret, size_t max)
{
	return kv->driver->segments != NULL ? kv->driver->segments(kv, from, ret, max) : 0;
}

enum err kv_segment_open(struct kv *kv, uint32_t number, int *ret_fd)
{
	return kv->driver->segment != NULL ? kv->driver->segment(kv, number, ret_fd) : ERR_NOTFOUND;
}

void kv_hold(struct kv *kv, bool on)
{
	if (kv->driver->hold != NULL)
		kv->driver->hold(kv, on);
}

void kv_fault_inject(struct kv *kv, enum kv_fault fault, unsigned nth)
{
	kv->driver->inject(kv, fault, nth);
}
