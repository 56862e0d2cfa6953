#include "kv/compact.h"

#include <unistd.h>

#include "base/code.h"
#include "kv/writer.h"

#define CHUNK_COPIED ((size_t)256 << 10)
#define CHUNK_READ   ((uint64_t)4 << 20)

static void finish(struct journal *j, enum err e, uint64_t octets)
{
	struct compaction *c = &j->writer.compaction;

	if (c->active) {
		if (c->reader.fd >= 0)
			close(c->reader.fd);
		segment_reader_done(&c->reader);
	}
	if (c->chunk != NULL)
		kv_write_unref(c->chunk);
	*c = (struct compaction){ 0 };
	pthread_mutex_lock(&j->lock);
	j->compact = COMPACT_OVER;
	j->compact_outcome = e;
	j->compact_octets = octets;
	pthread_mutex_unlock(&j->lock);
	kv_wake(&j->kv);
}

static enum err begin(struct journal *j)
{
	struct compaction *c = &j->writer.compaction;
	struct segment_row row;
	int fd = -1;
	enum err e;

	pthread_mutex_lock(&j->lock);
	c->number = j->compact_segment;
	pthread_mutex_unlock(&j->lock);
	if (!segments_get(&j->segments, c->number, &row))
		return ERR_IO;
	e = journal_segment_open(j, c->number, &fd);
	if (e != ERR_OK)
		return ERR_IO;
	c->active = true;
	c->octets = row.octets;
	segment_reader_init(&c->reader, fd, c->number, j->seed);
	c->reader.octets = row.octets;
	return ERR_OK;
}

struct copying {
	struct journal *j;
	const struct segment_record *record;
	struct buf *to;
};

static struct str op_octets(const struct copying *c, const struct record_op *op)
{
	return str_sub(c->record->payload, op->at, op->len);
}

static uint64_t op_place(const struct copying *c, const struct record_op *op)
{
	return apply_place(c->record->head.segment, c->record->at + RECORD_HEAD_OCTETS + op->at);
}

/* There can still be something for the deletion to hide. */
static bool still_needed(const struct copying *c, const struct index_gone *g)
{
	return segments_any(&c->j->segments, g->since, g->origin);
}

static enum err copy_put(const struct copying *c, const struct record_op *op)
{
	struct index_key row;
	enum err e = index_get(&c->j->index, c->j->index.txn, op->shard, op->key, &row);

	if (e == ERR_OK && row.at == op_place(c, op))
		buf_put(c->to, op_octets(c, op));
	return e;
}

static enum err copy_del(const struct copying *c, const struct record_op *op)
{
	struct index_gone g;
	enum err e = index_gone_get(&c->j->index, false, op->shard, op->key, &g);

	if (e != ERR_OK || g.at != op_place(c, op))
		return e;
	if (!still_needed(c, &g))
		return apply_forget(&c->j->writer.apply, op);
	record_del(c->to, op->shard, op->key, g.origin);
	return ERR_OK;
}

static enum err copy_blob(const struct copying *c, const struct record_op *op)
{
	struct kv_blob_row row = { .id = op->blob, .octets = op->octets };
	struct index_blob now;
	enum err e = index_blob_get(&c->j->index, c->j->index.txn, op->blob, &now);

	if (e != ERR_OK || now.at != op_place(c, op))
		return e;
	row.count = (uint64_t)now.count;
	record_blob(c->to, &row, op->dict, (uint32_t)op->value.len);
	buf_put(c->to, op->value);
	return ERR_OK;
}

/*
 * Of a blob that is gone. A change alone does not say that the count is 0 once an earlier change is
 * taken away, so whichever change is met first is followed by a copy that says so.
 */
static enum err copy_gone(const struct copying *c, const struct record_op *op)
{
	struct index_gone g;
	enum err e = index_gone_get(&c->j->index, true, op->blob, STR_NONE, &g);

	if (e != ERR_OK || (g.is && g.at != op_place(c, op)))
		return e;
	if (still_needed(c, &g))
		record_count_is(c->to, op->blob, 0, g.origin);
	else if (g.at == op_place(c, op))
		return apply_forget(&c->j->writer.apply, op);
	return ERR_OK;
}

static enum err copy_count(const struct copying *c, const struct record_op *op)
{
	uint32_t here = c->record->head.segment;
	struct index_blob now;
	enum err e = index_blob_get(&c->j->index, c->j->index.txn, op->blob, &now);

	if (e == ERR_NOTFOUND)
		return copy_gone(c, op);
	/* A blob of this segment is copied with its count; before is_at the count is said again
	 * later. */
	if (e == ERR_OK && (uint32_t)(now.at >> 32) < here && op_place(c, op) >= now.is_at)
		record_count_is(c->to, op->blob, (uint64_t)now.count, here);
	return e;
}

static enum err copy_dict(const struct copying *c, const struct record_op *op)
{
	uint64_t at;
	enum err e = index_dict_at(&c->j->index, c->j->index.txn, op->dict, &at);

	if (e == ERR_OK && at == op_place(c, op))
		buf_put(c->to, op_octets(c, op));
	return e;
}

static enum err copy_nothing(const struct copying *c, const struct record_op *op)
{
	return ERR_OK; /* a later list says it all */
}

static enum err (*const copiers[])(const struct copying *, const struct record_op *) = {
	[RECORD_PUT] = copy_put,
	[RECORD_DEL] = copy_del,
	[RECORD_BLOB] = copy_blob,
	[RECORD_COUNT] = copy_count,
	[RECORD_COUNT_IS] = copy_count,
	[RECORD_DICT] = copy_dict,
	[RECORD_SEGMENTS] = copy_nothing,
	[RECORD_GONE] = copy_nothing,
	[RECORD_TIME] = copy_nothing,
};

static enum err copy_record(const struct copying *c)
{
	struct record_walk walk = record_walk(c->record->payload);
	struct record_op op;

	while (record_next(&walk, &op)) {
		enum err e = copiers[op.kind](c, &op);

		if (e != ERR_OK && e != ERR_NOTFOUND)
			return e;
	}
	return ERR_OK;
}

/* Some records more. ERR_NOTFOUND: that was the last. */
static enum err copy_some(struct journal *j, struct buf *to)
{
	struct compaction *c = &j->writer.compaction;
	struct segment_record record;
	struct copying copying = { j, &record, to };
	uint64_t until = c->reader.at + CHUNK_READ;
	enum err e = index_begin(&j->index);

	while (e == ERR_OK && to->len < CHUNK_COPIED && c->reader.at < until) {
		e = segment_next(&c->reader, &record);
		if (e == ERR_OK)
			e = copy_record(&copying);
	}
	return e;
}

struct kv_write *compact_chunk(struct journal *j)
{
	struct compaction *c = &j->writer.compaction;
	struct kv_write *w;
	enum err e = atomic_load(&j->dead) ? ERR_IO : ERR_OK;

	if (e == ERR_OK && !c->active)
		e = begin(j);
	if (e != ERR_OK) {
		finish(j, e, 0);
		return NULL;
	}
	w = kv_write_new(&j->kv);
	w->internal = true;
	w->frees = true;
	e = copy_some(j, &w->payload);
	c->copied += w->payload.len;
	if (e == ERR_NOTFOUND) {
		c->closing = true;
		record_gone(&w->payload, j->writer.apply.position.next_blob, c->number);
		e = ERR_OK;
	}
	if (e != ERR_OK || w->payload.len == 0) {
		kv_write_unref(w);
		if (e != ERR_OK)
			finish(j, e, 0);
		return NULL;
	}
	w->crc = crc32c(j->seed, buf_str(&w->payload));
	c->chunk = w;
	kv_write_ref(w);
	return w;
}

static enum err segment_remove(struct journal *j, uint32_t number)
{
	char name[32];
	enum err e = writer_commit_index(j);

	if (e == ERR_OK)
		e = index_flush(&j->index);
	if (e != ERR_OK)
		return ERR_IO;
	segment_name(number, name);
	return unlinkat(j->folder, name, 0) == 0 && fsync(j->folder) == 0 ? ERR_OK : ERR_IO;
}

void compact_chunk_over(struct journal *j)
{
	struct compaction *c = &j->writer.compaction;
	enum err e;

	if (!c->active || c->chunk == NULL)
		return;
	e = atomic_load(&j->dead) ? ERR_IO : c->chunk->outcome;
	kv_write_unref(c->chunk);
	c->chunk = NULL;
	if (e == ERR_OK && !c->closing)
		return;
	if (e == ERR_OK)
		e = segment_remove(j, c->number);
	finish(j, e, e == ERR_OK && c->octets > c->copied ? c->octets - c->copied : 0);
}

void compact_abandon(struct journal *j)
{
	if (j->writer.compaction.active)
		finish(j, ERR_SHUTDOWN, 0);
}
