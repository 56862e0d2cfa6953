#include "kv/remake.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/code.h"
#include "base/mem.h"

#define SEGMENT_OCTETS ((uint64_t)256 << 20)
#define OUT_OCTETS     ((size_t)4 << 20)
#define FIRST_EPOCH    1

struct work {
	const struct remake_options *o;
	struct remake_report *report;
	/* What counted at the moment. */
	const struct remake_source *cut; /* the segment that was written to */
	uint64_t cut_at;                 /* where in it the moment is */
	struct record_segment *list;
	size_t list_count;
	uint64_t done, total;
	/* The new journal. */
	struct fault fault;
	int fd; /* -1: none was begun */
	struct segment_head head;
	uint32_t seed;
	uint64_t offset, written, seq;
	uint64_t *closed; /* octets of the segments before this one */
	struct buf out, payload;
	kv_blob next;
	int64_t time_s;
};

static enum err problem(struct work *w, uint64_t segment, uint64_t offset, const char *what)
{
	w->report->problem = (struct kv_problem){ segment, offset, what };
	return ERR_CORRUPT;
}

/* ---- reading ---- */

static enum err source_open(struct work *w, uint32_t number, uint64_t octets, struct segment_reader *ret)
{
	char head[SEGMENT_HEAD_OCTETS], name[32];
	struct segment_head h;
	ssize_t n;
	int fd;

	segment_name(number, name);
	fd = openat(w->o->from, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? problem(w, number, 0, "a segment is missing") : ERR_IO;
	n = pread(fd, head, sizeof(head), 0);
	if (n < 0 || segment_head_decode(str_make(head, (size_t)n), &h) != ERR_OK || h.number != number) {
		close(fd);
		return n < 0 ? ERR_IO : problem(w, number, 0, "the segment's header is damaged");
	}
	segment_reader_init(ret, fd, number, segment_seed(h.id));
	ret->octets = octets;
	return ERR_OK;
}

static void source_close(struct segment_reader *r)
{
	close(r->fd);
	segment_reader_done(r);
}

/* The end of a source: good when all that was promised has been read. */
static enum err source_end(struct work *w, const struct segment_reader *r, enum err e)
{
	if (e == ERR_NOTFOUND)
		return r->at == r->octets ? ERR_OK : problem(w, r->number, r->at, "the segment is shorter than it was");
	return e == ERR_CORRUPT ? problem(w, r->number, r->at, "a record is damaged") : e;
}

/* ---- what there was at the moment ---- */

static void list_take(struct work *w, const struct record_op *op)
{
	size_t n = op->value.len / RECORD_SEGMENT_ROW;

	w->list = mem_resize(w->list, (n + 1) * sizeof(*w->list));
	for (size_t i = 0; i < n; i++)
		w->list[i] = record_segment_at(op, i);
	w->list_count = n;
}

static void list_drop(struct work *w, uint32_t number)
{
	size_t kept = 0;

	for (size_t i = 0; i < w->list_count; i++) {
		if (w->list[i].number != number)
			w->list[kept++] = w->list[i];
	}
	w->list_count = kept;
}

static bool is_later(const struct work *w, const struct segment_record *record)
{
	struct record_walk walk = record_walk(record->payload);
	struct record_op op;

	while (record_next(&walk, &op)) {
		if (op.kind == RECORD_TIME && op.change > w->o->until_s)
			return true;
	}
	return false;
}

static void note_segments(struct work *w, const struct segment_record *record)
{
	struct record_walk walk = record_walk(record->payload);
	struct record_op op;

	while (record_next(&walk, &op)) {
		if (op.kind == RECORD_SEGMENTS)
			list_take(w, &op);
		else if (op.kind == RECORD_GONE)
			list_drop(w, op.origin);
	}
}

static enum err moment_find(struct work *w)
{
	const struct remake_options *o = w->o;
	struct segment_record record;
	struct segment_reader r;
	enum err e;

	for (size_t i = 0; i < o->count; i++) {
		if (o->sources[i].first_s <= o->until_s)
			w->cut = &o->sources[i];
	}
	if (w->cut == NULL)
		return ERR_NOTFOUND;
	e = source_open(w, w->cut->number, w->cut->octets, &r);
	if (e != ERR_OK)
		return e;
	while ((e = segment_next(&r, &record)) == ERR_OK && !is_later(w, &record))
		note_segments(w, &record);
	w->cut_at = e == ERR_OK ? record.at : r.at;
	if (e != ERR_OK)
		e = source_end(w, &r, e);
	source_close(&r);
	return e;
}

static const struct remake_source *source_of(const struct work *w, uint32_t number)
{
	for (size_t i = 0; i < w->o->count; i++) {
		if (w->o->sources[i].number == number)
			return &w->o->sources[i];
	}
	return NULL;
}

/* The list's lengths become those to read. */
static enum err list_check(struct work *w)
{
	for (size_t i = 0; i < w->list_count; i++) {
		struct record_segment *row = &w->list[i];
		const struct remake_source *s = source_of(w, row->number);

		if (s == NULL)
			return problem(w, row->number, 0, "a segment that there was at that moment is missing");
		if (s == w->cut)
			row->octets = w->cut_at;
		else if (row->octets != s->octets)
			return problem(w, row->number, s->octets, "a closed segment has not the length it had");
		w->total += row->octets;
	}
	if (w->list_count == 0 || w->list[w->list_count - 1].number != w->cut->number)
		return problem(w, w->cut->number, 0, "the segment's list of segments is missing");
	return ERR_OK;
}

/* ---- writing ---- */

static enum err out_flush(struct work *w)
{
	while (w->out.len > 0) {
		struct iovec part = { w->out.at, w->out.len };
		ssize_t n = fault_pwritev(&w->fault, w->fd, &part, 1, w->written);

		if (n <= 0)
			return n < 0 && (errno == ENOSPC || errno == EDQUOT) ? ERR_DISKFULL : ERR_IO;
		w->written += (uint64_t)n;
		buf_drop(&w->out, (size_t)n);
	}
	return ERR_OK;
}

static enum err segment_finish(struct work *w)
{
	enum err e = w->fd >= 0 ? out_flush(w) : ERR_OK;

	if (w->fd < 0)
		return ERR_OK;
	if (e == ERR_OK && fsync(w->fd) != 0)
		e = errno == ENOSPC || errno == EDQUOT ? ERR_DISKFULL : ERR_IO;
	close(w->fd);
	w->fd = -1;
	w->closed = mem_resize(w->closed, (w->head.number + 1) * sizeof(*w->closed));
	w->closed[w->head.number] = w->offset;
	return e;
}

/* One record; its number is that of the segment begun last. */
static enum err record_out(struct work *w, struct str payload)
{
	struct record_head head = { .payload_octets = (uint32_t)payload.len,
		.payload_crc = crc32c(w->seed, payload),
		.segment = w->head.number,
		.epoch = FIRST_EPOCH,
		.seq = ++w->seq };
	char octets[RECORD_HEAD_OCTETS];

	record_head_encode(octets, &head, w->seed);
	buf_put(&w->out, str_make(octets, sizeof(octets)));
	buf_put(&w->out, payload);
	must(!buf_overflowed(&w->out));
	w->offset += RECORD_HEAD_OCTETS + payload.len;
	w->report->records++;
	return w->out.len >= OUT_OCTETS ? out_flush(w) : ERR_OK;
}

static enum err list_out(struct work *w)
{
	struct buf list;
	enum err e;

	buf_init(&list, KV_WRITE_OCTETS_MAX);
	record_segments(&list, w->next, w->head.number);
	for (uint32_t i = 1; i <= w->head.number; i++)
		record_segment(&list, (struct record_segment){ i, i < w->head.number ? w->closed[i] : 0 });
	record_time(&list, w->time_s);
	e = record_out(w, buf_str(&list));
	buf_done(&list);
	return e;
}

static enum err segment_start(struct work *w)
{
	enum err e;

	w->head.number++;
	w->head.epoch = FIRST_EPOCH;
	w->head.seq = w->seq + 1;
	e = segment_create(&w->fault, w->o->to, &w->head, &w->fd);
	if (e != ERR_OK)
		return e;
	w->offset = w->written = SEGMENT_HEAD_OCTETS;
	return list_out(w);
}

static enum err payload_out(struct work *w)
{
	uint64_t most = w->o->segment_octets ? w->o->segment_octets : SEGMENT_OCTETS;
	enum err e = ERR_OK;

	if (w->payload.len == 0 || w->o->to < 0)
		return ERR_OK;
	if (w->fd < 0 || w->offset + RECORD_HEAD_OCTETS + w->payload.len > most) {
		e = segment_finish(w);
		if (e == ERR_OK)
			e = segment_start(w);
	}
	return e == ERR_OK ? record_out(w, buf_str(&w->payload)) : e;
}

/* ---- from the one to the other ---- */

static void raise_next(struct work *w, kv_blob next)
{
	if (next > w->next)
		w->next = next;
}

/* A deletion's origin is the number of an old segment: without one it hides everything before it. */
static void op_copy(struct work *w, const struct record_op *op, struct str octets)
{
	if (w->o->keep != NULL && !w->o->keep(w->o->arg, op))
		return;
	if (op->kind == RECORD_DEL)
		record_del(&w->payload, op->shard, op->key, 0);
	else if (op->kind == RECORD_COUNT_IS)
		record_count_is(&w->payload, op->blob, op->count, 0);
	else
		buf_put(&w->payload, octets);
}

static void record_copy(struct work *w, const struct segment_record *record)
{
	struct record_walk walk = record_walk(record->payload);
	struct record_op op;

	buf_clear(&w->payload);
	while (record_next(&walk, &op)) {
		if (op.kind == RECORD_SEGMENTS || op.kind == RECORD_GONE) {
			raise_next(w, op.blob);
			continue;
		}
		if (op.kind == RECORD_BLOB)
			raise_next(w, op.blob + 1);
		if (op.kind == RECORD_TIME) {
			w->time_s = op.change > w->time_s ? op.change : w->time_s;
			buf_put(&w->payload, str_sub(record->payload, op.at, op.len));
			continue;
		}
		op_copy(w, &op, str_sub(record->payload, op.at, op.len));
	}
}

static enum err source_copy(struct work *w, const struct record_segment *row)
{
	struct segment_record record;
	struct segment_reader r;
	uint64_t told = 0;
	enum err e = source_open(w, row->number, row->octets, &r);

	if (e != ERR_OK)
		return e;
	while ((e = segment_next(&r, &record)) == ERR_OK) {
		record_copy(w, &record);
		e = payload_out(w);
		if (e != ERR_OK)
			break;
		if (w->o->progress != NULL && r.at - told >= OUT_OCTETS) {
			told = r.at;
			w->o->progress(w->o->arg, w->done + told, w->total);
		}
	}
	w->done += row->octets;
	if (w->report->problem.what == NULL && (e == ERR_NOTFOUND || e == ERR_CORRUPT))
		e = source_end(w, &r, e);
	source_close(&r);
	return e;
}

static enum err copy_all(struct work *w)
{
	enum err e = ERR_OK;

	for (size_t i = 0; i < w->list_count && e == ERR_OK; i++)
		e = source_copy(w, &w->list[i]);
	if (e != ERR_OK || w->o->to < 0)
		return e;
	if (w->fd < 0)
		e = segment_start(w);
	else
		e = list_out(w); /* the next id, with all that was seen */
	return e == ERR_OK ? segment_finish(w) : e;
}

enum err remake(const struct remake_options *options, struct remake_report *ret)
{
	struct work w = { .o = options, .report = ret, .fd = -1, .next = 1 };
	enum err e;

	*ret = (struct remake_report){ 0 };
	if (getrandom(w.head.id, STORE_ID_OCTETS, 0) != (ssize_t)STORE_ID_OCTETS)
		return ERR_IO;
	w.seed = segment_seed(w.head.id);
	buf_init(&w.out, KV_WRITE_OCTETS_MAX + 2 * OUT_OCTETS);
	buf_init(&w.payload, KV_WRITE_OCTETS_MAX);
	e = moment_find(&w);
	if (e == ERR_OK)
		e = list_check(&w);
	if (e == ERR_OK)
		e = copy_all(&w);
	if (w.fd >= 0)
		close(w.fd);
	for (uint32_t i = 1; i <= w.head.number && w.closed != NULL && e == ERR_OK; i++)
		ret->octets += w.closed[i];
	ret->last_s = w.time_s;
	mem_free(w.closed);
	mem_free(w.list);
	buf_done(&w.out);
	buf_done(&w.payload);
	return e;
}
