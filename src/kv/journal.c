#include "kv/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/code.h"
#include "base/mem.h"
#include "kv/ahead.h"
#include "kv/files.h"
#include "kv/pieces.h"
#include "kv/read.h"
#include "kv/replay.h"
#include "kv/verify.h"
#include "kv/writer.h"

#define LOCK_PAUSE_MS      1u
#define SEGMENT_OCTETS     ((size_t)256 << 20)
#define SEGMENT_OCTETS_MAX ((size_t)1 << 30)
#define RESERVE_OCTETS     ((size_t)16 << 20)
#define INDEX_MS           50u
#define QUEUE_OCTETS_MAX   ((size_t)64 << 20)
#define DICT_FIRST         1u

static struct journal *journal_of(struct kv *kv)
{
	return (struct journal *)kv;
}

enum err journal_segment_open(struct journal *j, uint32_t number, int *ret_fd)
{
	char name[32];
	int fd;

	segment_name(number, name);
	fd = openat(j->folder, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? ERR_NOTFOUND : ERR_IO;
	*ret_fd = fd;
	return ERR_OK;
}

/* ---- commits ---- */

/* Blocks only when far more is queued than the disk can take. */
static void journal_commit(struct kv *kv, struct kv_write *w)
{
	struct journal *j = journal_of(kv);

	w->crc = crc32c(j->seed, buf_str(&w->payload));
	pthread_mutex_lock(&j->lock);
	while (j->queue_octets > QUEUE_OCTETS_MAX)
		pthread_cond_wait(&j->change, &j->lock);
	list_add_tail(&j->queue, &w->node);
	j->queue_octets += RECORD_HEAD_OCTETS + w->payload.len;
	pthread_cond_signal(&j->work);
	pthread_mutex_unlock(&j->lock);
}

static void journal_settled(struct kv *kv, struct kv_write *w)
{
	struct journal *j = journal_of(kv);

	if (w->outcome != ERR_OK || w->seq <= atomic_load(&j->indexed_seq))
		return;
	if (recent_add(&j->recent, w, &j->index) != ERR_OK)
		kv_fatal(kv, "the index could not be read");
}

enum err journal_sync(struct journal *j)
{
	uint64_t turn;

	pthread_mutex_lock(&j->lock);
	turn = ++j->sync_asked;
	pthread_cond_signal(&j->work);
	while (j->sync_served < turn)
		pthread_cond_wait(&j->change, &j->lock);
	pthread_mutex_unlock(&j->lock);
	return atomic_load(&j->dead) ? ERR_IO : ERR_OK;
}

/* ---- the dictionary ---- */

static void dict_trained(void *arg)
{
	kv_wake(arg);
}

static void dict_safe(void *arg, enum err e)
{
	struct journal *j = arg;

	if (e == ERR_OK)
		compress_know(j->kv.compress, j->dict_pending, j->dict_octets, true);
}

static void journal_idle(struct kv *kv)
{
	struct journal *j = journal_of(kv);
	struct kv_write *w;

	recent_trim(&j->recent, atomic_load(&j->indexed_seq));
	if (kv->compress == NULL || !compress_trained(kv->compress, &j->dict_octets))
		return;
	j->dict_pending = DICT_FIRST;
	w = kv_write_new(kv);
	record_dict(&w->payload, j->dict_pending, j->dict_octets);
	kv_commit(kv, w, dict_safe, j);
}

static void dict_load(void *arg, uint32_t id, struct str octets)
{
	struct journal *j = arg;

	compress_know(j->kv.compress, id, octets, true);
}

/* Blobs packed by an earlier opening must be readable even if this one does not pack. */
static enum err dicts_open(struct journal *j, bool pack)
{
	struct index_position position;
	struct compress *c = compress_new(pack ? dict_trained : NULL, &j->kv);
	MDB_txn *txn;
	enum err e;

	j->kv.compress = c;
	compress_pack(c, pack);
	e = index_view(&j->index, &txn, &position);
	if (e != ERR_OK)
		return e;
	e = index_dicts(&j->index, txn, dict_load, j);
	index_view_done(&j->index);
	return e;
}

/* ---- care ---- */

static void journal_stats(struct kv *kv, struct kv_stats *ret)
{
	struct journal *j = journal_of(kv);
	struct kv_stats s = { .commits = atomic_load(&j->commits),
		.flushes = atomic_load(&j->flushes),
		.disk_full = atomic_load(&j->full) };
	size_t count;

	segments_sum(&j->segments, &count, &s.journal_octets, &s.live_octets);
	s.segments = count;
	read_counts(kv, &s.keys, &s.blobs);
	*ret = s;
}

/* Takes the outcome of a run that has ended, or begins one. */
static enum err journal_compact(struct kv *kv, unsigned percent, uint64_t *ret_octets)
{
	struct journal *j = journal_of(kv);
	struct segment_row row;
	enum err e = ERR_NEEDMORE;

	pthread_mutex_lock(&j->lock);
	if (j->compact == COMPACT_OVER) {
		j->compact = COMPACT_IDLE;
		e = j->compact_outcome;
		*ret_octets = j->compact_octets;
		files_drop(j->files, j->compact_segment);
	} else if (j->compact == COMPACT_IDLE) {
		if (segments_worst(&j->segments, atomic_load(&j->last_segment), percent, &row)) {
			j->compact = COMPACT_RUNNING;
			j->compact_segment = row.number;
			pthread_cond_signal(&j->work);
		} else {
			*ret_octets = 0;
			e = ERR_OK;
		}
	}
	pthread_mutex_unlock(&j->lock);
	return e;
}

static size_t journal_segments(struct kv *kv, uint32_t from, struct kv_segment *ret, size_t max)
{
	struct journal *j = journal_of(kv);
	uint32_t last = atomic_load(&j->last_segment); /* first: one that is closed meanwhile is told as open */
	struct segment_row row;
	size_t n = 0;

	while (n < max && segments_from(&j->segments, from, &row)) {
		ret[n++] = (struct kv_segment){ .number = row.number,
			.octets = row.octets,
			.closed = row.number < last };
		if (row.number == UINT32_MAX)
			break;
		from = row.number + 1;
	}
	return n;
}

static enum err journal_segment(struct kv *kv, uint32_t number, int *ret_fd)
{
	return journal_segment_open(journal_of(kv), number, ret_fd);
}

static void journal_hold(struct kv *kv, bool on)
{
	struct journal *j = journal_of(kv);

	pthread_mutex_lock(&j->lock);
	must(on || j->holds > 0);
	j->holds += on ? 1 : -1;
	pthread_cond_signal(&j->work);
	pthread_mutex_unlock(&j->lock);
}

static void journal_inject(struct kv *kv, enum kv_fault fault, unsigned nth)
{
	fault_set(&journal_of(kv)->fault, fault, nth);
}

/* ---- opening and closing ---- */

static void journal_free(struct journal *j)
{
	recent_done(&j->recent);
	files_free(j->files);
	ahead_free(j->ahead);
	compress_free(j->kv.compress);
	pieces_free(j->pieces);
	index_close(&j->index);
	segments_done(&j->segments);
	pthread_cond_destroy(&j->work);
	pthread_cond_destroy(&j->change);
	pthread_mutex_destroy(&j->lock);
	if (j->lock_file >= 0)
		close(j->lock_file);
	if (j->folder >= 0)
		close(j->folder);
	mem_free(j->index_path);
	kv_teardown(&j->kv);
	mem_free(j);
}

static void journal_close(struct kv *kv)
{
	struct journal *j = journal_of(kv);

	writer_stop(j);
	while (kv->done_count > 0)
		kv_dispatch(kv);
	journal_free(j);
}

static const struct kv_driver journal_driver = {
	.close = journal_close,
	.commit = journal_commit,
	.settled = journal_settled,
	.idle = journal_idle,
	.read_each = read_each,
	.scan = read_scan,
	.shards = read_shards,
	.blobs = read_blobs,
	.blob_stat = read_blob_stat,
	.blob_read = read_blob,
	.blob_ahead = read_ahead,
	.stats = journal_stats,
	.blob_segment = read_blob_segment,
	.verify_begin = verify_begin,
	.verify_step = verify_step,
	.verify_grown = verify_grown,
	.verify_progress = verify_progress,
	.verify_let_go = verify_let_go,
	.verify_end = verify_end,
	.verify_scan = verify_scan,
	.verify_shards = verify_shards,
	.verify_blobs = verify_blobs,
	.scrub = verify_scrub,
	.scrub_place = verify_scrub_place,
	.scrub_go = verify_scrub_go,
	.compact = journal_compact,
	.segments = journal_segments,
	.segment = journal_segment,
	.hold = journal_hold,
	.inject = journal_inject,
};

static size_t or_default(size_t value, size_t standard)
{
	return value > 0 ? value : standard;
}

static struct journal *journal_new(const struct kv_options *options)
{
	struct journal *j = MEM_NEW(struct journal);
	pthread_condattr_t monotonic;
	struct buf path;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&j->lock, NULL);
	pthread_cond_init(&j->work, &monotonic);
	pthread_cond_init(&j->change, &monotonic);
	pthread_condattr_destroy(&monotonic);
	list_init(&j->queue);
	segments_init(&j->segments);
	recent_init(&j->recent);
	j->ahead = ahead_new();
	j->files = files_new(j->ahead);
	j->pieces = pieces_new();
	j->folder = j->lock_file = j->writer.fd = j->writer.reserve = -1;
	j->segment_octets = or_default(options->segment_octets, SEGMENT_OCTETS);
	if (j->segment_octets > SEGMENT_OCTETS_MAX)
		j->segment_octets = SEGMENT_OCTETS_MAX;
	j->reserve_octets = or_default(options->reserve_octets, RESERVE_OCTETS);
	j->times = options->times;
	j->index_ms = options->index_ms_max > 0 ? options->index_ms_max : INDEX_MS;
	buf_init(&path, 4096);
	buf_put_c(&path, options->folder);
	buf_put_c(&path, "/index");
	j->index_path = str_dup_c(buf_str(&path));
	buf_done(&path);
	return j;
}

static enum err folder_lock(struct journal *j, unsigned wait_ms)
{
	const struct timespec pause = { .tv_nsec = LOCK_PAUSE_MS * 1000000 };

	for (unsigned waited_ms = 0; flock(j->lock_file, LOCK_EX | LOCK_NB) != 0; waited_ms += LOCK_PAUSE_MS) {
		if (errno != EWOULDBLOCK)
			return ERR_IO;
		if (waited_ms >= wait_ms)
			return ERR_INUSE;
		nanosleep(&pause, NULL);
	}
	return ERR_OK;
}

static enum err folder_open(struct journal *j, const struct kv_options *options)
{
	enum err e;

	j->folder = open(options->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (j->folder < 0)
		return ERR_IO;
	j->lock_file = openat(j->folder, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (j->lock_file < 0)
		return errno == ENOSPC ? ERR_DISKFULL : ERR_IO;
	e = folder_lock(j, options->lock_ms);
	if (e != ERR_OK)
		return e;
	if (unlinkat(j->folder, "reserve", 0) != 0 && errno != ENOENT)
		return ERR_IO;
	return ERR_OK;
}

enum err kv_open_journal(
	const struct kv_options *options, struct kv **ret, struct kv_opened *ret_opened)
{
	struct journal *j = journal_new(options);
	enum err e = kv_setup(&j->kv, &journal_driver, options);

	must(options->folder != NULL);
	j->fault.on_write = options->on_write;
	j->fault.arg = options->arg;
	*ret_opened = (struct kv_opened){ 0 };
	if (e == ERR_OK)
		e = folder_open(j, options);
	if (e == ERR_OK)
		e = replay_open(j, options, ret_opened);
	if (e == ERR_OK)
		e = writer_start(j);
	if (e == ERR_OK)
		e = dicts_open(j, options->compress);
	if (e != ERR_OK) {
		writer_stop(j);
		journal_free(j);
		return e;
	}
	j->kv.next_blob = j->writer.apply.position.next_blob;
	*ret = &j->kv;
	return ERR_OK;
}
