#include "kv/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "base/code.h"
#include "kv/compact.h"

#define GROUP_RECORDS     256
#define GROUP_OCTETS      ((size_t)8 << 20)
#define COMMIT_OPERATIONS ((size_t)20000)
#define COMMIT_OCTETS     ((uint64_t)64 << 20) /* of records, which stay in memory until then */
#define RESERVE_NAME      "reserve"

/* Write sets that go to disk together. */
struct group {
	struct kv_write
		*rows[GROUP_RECORDS + 2]; /* and the engine's own preface, and a chunk of compaction */
	size_t count;
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- room on the disk ---- */

static uint64_t room(const struct journal *j)
{
	struct statfs s;

	if (fstatfs(j->folder, &s) != 0)
		return UINT64_MAX;
	return (uint64_t)s.f_bavail * (uint64_t)s.f_bsize;
}

/* Octets set aside in a file, so that deleting is possible on a full disk. */
static void reserve_take(struct journal *j)
{
	struct writer *w = &j->writer;

	w->reserve = openat(j->folder, RESERVE_NAME, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (w->reserve >= 0 && posix_fallocate(w->reserve, 0, (off_t)j->reserve_octets) == 0)
		return;
	if (w->reserve >= 0) {
		close(w->reserve);
		unlinkat(j->folder, RESERVE_NAME, 0);
	}
	w->reserve = -1;
}

static void reserve_give(struct journal *j)
{
	if (j->writer.reserve < 0)
		return;
	close(j->writer.reserve);
	j->writer.reserve = -1;
	unlinkat(j->folder, RESERVE_NAME, 0);
}

/* Full when less than the reserve is free beside it; no longer full when there is a quarter more
 * than that. */
static void room_look(struct journal *j)
{
	uint64_t least = j->reserve_octets, free_octets = room(j);

	if (!atomic_load(&j->full)) {
		atomic_store(&j->full, free_octets < least);
		return;
	}
	if (j->writer.reserve < 0)
		least += j->reserve_octets;
	if (free_octets < least + least / 4)
		return;
	if (j->writer.reserve < 0)
		reserve_take(j);
	atomic_store(&j->full, j->writer.reserve < 0);
}

/* ---- one group ---- */

static void group_remove(struct group *g, size_t i)
{
	g->count--;
	memmove(g->rows + i, g->rows + i + 1, (g->count - i) * sizeof(g->rows[0]));
}

static void group_prepend(struct group *g, struct kv_write *w)
{
	memmove(g->rows + 1, g->rows, g->count * sizeof(g->rows[0]));
	g->rows[0] = w;
	g->count++;
}

/* It was not taken: the one who waits is told. */
static void refuse(struct journal *j, struct kv_write *w, enum err e)
{
	w->outcome = e;
	if (w->internal)
		kv_write_unref(w);
	else
		kv_post(&j->kv, w, e);
}

static void group_refuse(struct journal *j, struct group *g, enum err e, bool frees_too)
{
	for (size_t i = 0; i < g->count;) {
		struct kv_write *w = g->rows[i];

		if (w->frees && !frees_too) {
			i++;
			continue;
		}
		group_remove(g, i);
		refuse(j, w, e);
	}
}

/* A step back of the clock is not written: what follows was still written then or later. */
static bool time_is_due(const struct journal *j)
{
	return j->writer.times && (int64_t)time(NULL) > j->writer.time_s;
}

/* What the engine itself writes before a group: the list of segments, the time. */
static struct kv_write *preface_new(struct journal *j)
{
	struct kv_write *w = kv_write_new(&j->kv);
	struct writer *writer = &j->writer;

	w->internal = true;
	w->frees = true; /* without it nothing else can be written */
	if (writer->need_list)
		segments_list(&j->segments, writer->apply.position.next_blob, writer->segment, &w->payload);
	if (time_is_due(j))
		writer->time_s = (int64_t)time(NULL);
	if (writer->times)
		record_time(&w->payload, writer->time_s);
	w->crc = crc32c(j->seed, buf_str(&w->payload));
	return w;
}

static uint64_t record_octets(const struct kv_write *w)
{
	return RECORD_HEAD_OCTETS + w->payload.len;
}

static enum err roll(struct journal *j)
{
	struct writer *w = &j->writer;
	struct segment_head head = {
		.number = w->segment + 1, .epoch = w->epoch, .seq = w->seq + 1
	};
	int fd;
	enum err e;

	memcpy(head.id, j->id, STORE_ID_OCTETS);
	e = segment_create(&j->fault, j->folder, &head, &fd);
	if (e != ERR_OK)
		return e;
	if (w->fd >= 0)
		close(w->fd);
	w->fd = fd;
	w->segment = head.number;
	w->offset = SEGMENT_HEAD_OCTETS;
	w->need_list = true;
	segments_add(&j->segments, w->segment);
	segments_set_octets(&j->segments, w->segment, w->offset);
	atomic_store(&j->last_segment, w->segment);
	return ERR_OK;
}

static enum err roll_if_due(struct journal *j, const struct group *g)
{
	struct writer *w = &j->writer;
	uint64_t octets = 0;

	for (size_t i = 0; i < g->count; i++)
		octets += record_octets(g->rows[i]);
	if (w->fd >= 0 &&
		(w->offset == SEGMENT_HEAD_OCTETS || w->offset + octets <= j->segment_octets))
		return ERR_OK;
	return roll(j);
}

static size_t group_encode(struct journal *j, struct group *g, struct iovec *parts)
{
	struct writer *w = &j->writer;
	uint64_t at = w->offset;
	size_t n = 0;

	for (size_t i = 0; i < g->count; i++) {
		struct kv_write *row = g->rows[i];
		struct record_head head = { .payload_octets = (uint32_t)row->payload.len,
			.payload_crc = row->crc,
			.segment = w->segment,
			.place = (uint32_t)i,
			.epoch = w->epoch,
			.seq = w->seq + 1 + i };

		record_head_encode(row->head, &head, j->seed);
		row->seq = head.seq;
		row->at = apply_place(w->segment, at);
		parts[n++] = (struct iovec){ row->head, RECORD_HEAD_OCTETS };
		if (row->payload.len > 0)
			parts[n++] = (struct iovec){ row->payload.at, row->payload.len };
		at += record_octets(row);
	}
	return n;
}

/* All of it, however many calls that takes. */
static enum err write_parts(struct journal *j, struct iovec *parts, size_t n, uint64_t at)
{
	while (n > 0) {
		ssize_t done = fault_pwritev(&j->fault, j->writer.fd, parts, (int)n, at);

		if (done <= 0)
			return done < 0 && (errno == ENOSPC || errno == EDQUOT) ? ERR_DISKFULL
										: ERR_IO;
		at += (uint64_t)done;
		while (n > 0 && (size_t)done >= parts->iov_len) {
			done -= (ssize_t)parts->iov_len;
			parts++;
			n--;
		}
		if (n > 0) {
			parts->iov_base = (char *)parts->iov_base + done;
			parts->iov_len -= (size_t)done;
		}
	}
	return ERR_OK;
}

/* Write and flush. ERR_DISKFULL: nothing of it is in the file. ERR_IO: not known what is. */
static enum err group_store(struct journal *j, struct group *g)
{
	struct iovec parts[2 * (GROUP_RECORDS + 2)];
	struct writer *w = &j->writer;
	enum err e = roll_if_due(j, g);
	bool preface = w->need_list || (g->count > 0 && time_is_due(j));

	if (e != ERR_OK)
		return e;
	preface |= w->need_list;
	if (preface)
		group_prepend(g, preface_new(j));
	if (g->count == 0)
		return ERR_OK;
	e = write_parts(j, parts, group_encode(j, g, parts), w->offset);
	if (e == ERR_DISKFULL && ftruncate(w->fd, (off_t)w->offset) != 0)
		return ERR_IO;
	if (e == ERR_DISKFULL && preface) {
		kv_write_unref(g->rows[0]); /* made anew by the next one */
		group_remove(g, 0);
		w->time_s = 0;
	}
	if (e != ERR_OK)
		return e;
	if (fault_flush(&j->fault, w->fd) != 0)
		return ERR_IO;
	atomic_fetch_add(&j->flushes, 1);
	w->need_list = false;
	w->seq += g->count;
	for (size_t i = 0; i < g->count; i++) {
		w->offset += record_octets(g->rows[i]);
		w->unindexed_octets += record_octets(g->rows[i]);
	}
	segments_set_octets(&j->segments, w->segment, w->offset);
	return ERR_OK;
}

static void die(struct journal *j, const char *what)
{
	atomic_store(&j->dead, true);
	index_abort(&j->index);
	j->writer.commit_due_ms = 0;
	kv_fatal(&j->kv, what);
}

/* Safe now: tell, then index. The payload stays ours until it is in the index. */
static void group_safe(struct journal *j, struct group *g)
{
	struct writer *w = &j->writer;
	enum err e = ERR_OK;

	for (size_t i = 0; i < g->count; i++) {
		if (g->rows[i]->internal)
			continue;
		kv_write_ref(g->rows[i]);
		atomic_fetch_add(&j->commits, 1);
		kv_post(&j->kv, g->rows[i], ERR_OK);
	}
	for (size_t i = 0; i < g->count && e == ERR_OK; i++) {
		struct kv_write *row = g->rows[i];
		struct segment_record record = { .payload = buf_str(&row->payload),
			.at = (uint32_t)row->at };

		e = record_head_decode(
			str_make(row->head, RECORD_HEAD_OCTETS), j->seed, &record.head);
		if (e == ERR_OK)
			e = apply_record(&w->apply, &record);
	}
	for (size_t i = 0; i < g->count; i++)
		kv_write_unref(g->rows[i]);
	g->count = 0;
	if (e != ERR_OK)
		die(j, "the index could not be written");
	else if (w->commit_due_ms == 0)
		w->commit_due_ms = now_ms() + j->index_ms;
}

static void group_run(struct journal *j, struct group *g)
{
	enum err e;

	room_look(j);
	if (atomic_load(&j->full))
		group_refuse(j, g, ERR_DISKFULL, false);
	if (g->count == 0)
		return;
	e = group_store(j, g);
	if (e == ERR_DISKFULL) {
		atomic_store(&j->full, true);
		reserve_give(j);
		group_refuse(j, g, ERR_DISKFULL, false);
		e = g->count > 0 ? group_store(j, g) : ERR_OK;
	}
	if (e == ERR_IO)
		die(j, "a write to the journal failed");
	if (e != ERR_OK)
		group_refuse(j, g, e, true);
	else if (g->count > 0)
		group_safe(j, g);
}

/* ---- the thread ---- */

struct turn {
	struct group group;
	uint64_t sync; /* to be served at the end of the turn; 0 = none */
	bool compact, over;
};

static bool idle(const struct journal *j)
{
	return list_empty(&j->queue) && !j->stop && j->sync_asked == j->sync_served &&
	       (j->compact != COMPACT_RUNNING || j->holds > 0);
}

static void wait_for_work(struct journal *j)
{
	int64_t due = j->writer.commit_due_ms;
	struct timespec until = { .tv_sec = due / 1000, .tv_nsec = due % 1000 * 1000000 };

	while (idle(j)) {
		if (due == 0)
			pthread_cond_wait(&j->work, &j->lock);
		else if (pthread_cond_timedwait(&j->work, &j->lock, &until) == ETIMEDOUT)
			return;
	}
}

static void turn_take(struct journal *j, struct turn *t)
{
	size_t octets = 0;

	pthread_mutex_lock(&j->lock);
	wait_for_work(j);
	while (!list_empty(&j->queue) && t->group.count < GROUP_RECORDS && octets < GROUP_OCTETS) {
		struct kv_write *w = LIST_OF(j->queue.next, struct kv_write, node);

		if (w->outcome != ERR_OK && t->group.count > 0)
			break; /* refused already: a turn of its own, so that order is kept */
		list_remove(&w->node);
		octets += record_octets(w);
		t->group.rows[t->group.count++] = w;
		if (w->outcome != ERR_OK)
			break;
	}
	j->queue_octets -= octets;
	if (list_empty(&j->queue)) {
		t->sync = j->sync_asked != j->sync_served ? j->sync_asked : 0;
		t->over = j->stop;
	}
	t->compact = j->compact == COMPACT_RUNNING && j->holds == 0 && !j->stop;
	pthread_cond_broadcast(&j->change);
	pthread_mutex_unlock(&j->lock);
}

enum err writer_commit_index(struct journal *j)
{
	enum err e = apply_commit(&j->writer.apply);

	j->writer.commit_due_ms = 0;
	j->writer.unindexed_octets = 0;
	if (e != ERR_OK)
		die(j, e == ERR_DISKFULL ? "the disk is full: the index cannot be written"
					 : "the index could not be written");
	else
		atomic_store(&j->indexed_seq, j->writer.apply.position.seq);
	return e;
}

static bool commit_is_due(const struct journal *j, const struct turn *t)
{
	const struct writer *w = &j->writer;

	if (w->commit_due_ms == 0 || atomic_load(&j->dead))
		return false;
	return t->sync > 0 || t->over || w->apply.operations >= COMMIT_OPERATIONS ||
	       w->unindexed_octets >= COMMIT_OCTETS || now_ms() >= w->commit_due_ms;
}

static void turn_run(struct journal *j, struct turn *t)
{
	struct group *g = &t->group;

	if (g->count > 0 && (atomic_load(&j->dead) || g->rows[0]->outcome != ERR_OK)) {
		enum err e = g->rows[0]->outcome;

		group_refuse(j, g, e != ERR_OK ? e : ERR_IO, true);
	}
	if (t->compact) {
		struct kv_write *chunk = compact_chunk(j);

		if (chunk != NULL)
			group_prepend(g, chunk);
	}
	if (g->count > 0)
		group_run(j, g);
	if (t->compact)
		compact_chunk_over(j);
	if (commit_is_due(j, t) && writer_commit_index(j) != ERR_OK)
		return; /* it has told by itself */
}

static void *writer_run(void *arg)
{
	struct journal *j = arg;
	struct turn t;

	do {
		t = (struct turn){ 0 };
		turn_take(j, &t);
		turn_run(j, &t);
		pthread_mutex_lock(&j->lock);
		if (t.sync > 0)
			j->sync_served = t.sync;
		pthread_cond_broadcast(&j->change);
		pthread_mutex_unlock(&j->lock);
	} while (!t.over);
	compact_abandon(j);
	return NULL;
}

enum err writer_start(struct journal *j)
{
	struct writer *w = &j->writer;
	struct group g = { .count = 0 };
	enum err e;

	unlinkat(j->folder, RESERVE_NAME, 0);
	reserve_take(j);
	if (w->reserve < 0)
		atomic_store(&j->full, true);
	w->epoch++;
	w->need_list = true;
	w->times = j->times;
	atomic_store(&j->last_segment, w->segment);
	e = group_store(j, &g);
	if (e == ERR_DISKFULL) {
		reserve_give(j);
		e = group_store(j, &g);
	}
	if (e != ERR_OK)
		return e;
	group_safe(j, &g);
	if (writer_commit_index(j) != ERR_OK)
		return ERR_IO;
	w->started = pthread_create(&w->thread, NULL, writer_run, j) == 0;
	return w->started ? ERR_OK : ERR_IO;
}

void writer_stop(struct journal *j)
{
	struct writer *w = &j->writer;

	if (w->started) {
		pthread_mutex_lock(&j->lock);
		j->stop = true;
		pthread_cond_signal(&j->work);
		pthread_mutex_unlock(&j->lock);
		pthread_join(w->thread, NULL);
	}
	if (w->reserve >= 0)
		close(w->reserve);
	if (w->fd >= 0)
		close(w->fd);
	apply_done(&w->apply);
}
