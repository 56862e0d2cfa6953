#include "kv/verify.h"

#include <unistd.h>

#include "base/mem.h"

/* How much the index file may grow because a snapshot keeps its old pages. */
#define GROWTH_OCTETS ((uint64_t)256 << 20)

struct verify {
	struct journal *j;
	void (*each)(void *arg, const struct kv_problem *p);
	void *arg;
	MDB_txn *txn;  /* what is compared with: the snapshot, or a view during one step; NULL: nothing */
	bool snapshot; /* the first of them */
	bool whole;    /* the snapshot lasted: keys and blobs can be compared with what it has */
	uint64_t index_octets; /* at the beginning */
	struct index_position end; /* what came later is not looked at */
	uint64_t keys, blobs; /* operations that an index row points at */
	bool bad;
	bool cut;      /* not every record could be read, and the counts tell nothing */
	/* the segment at hand; reader.fd is -1 between two */
	struct segment_row row;
	struct segment_reader reader;
	uint64_t seq, read_octets, total_octets;
};

static void problem(struct verify *v, uint64_t segment, uint64_t offset, const char *what)
{
	v->bad = true;
	if (v->each != NULL)
		v->each(v->arg, &(struct kv_problem){ segment, offset, what });
}

static void check_put(struct verify *v, const struct record_op *op, uint64_t place)
{
	struct index_key row;
	enum err e = index_get(&v->j->index, v->txn, op->shard, op->key, &row);

	if (e != ERR_OK && e != ERR_NOTFOUND) {
		problem(v, place >> 32, (uint32_t)place, "the index row of a key is damaged");
	} else if (e == ERR_OK && row.at == place) {
		v->keys++;
		if (!str_eq(row.value, op->value))
			problem(v, place >> 32, (uint32_t)place,
				"the index has another value for a key");
	}
}

static void check_blob(struct verify *v, const struct record_op *op, uint64_t place)
{
	struct index_blob row;
	enum err e = index_blob_get(&v->j->index, v->txn, op->blob, &row);

	if (e != ERR_OK && e != ERR_NOTFOUND) {
		problem(v, place >> 32, (uint32_t)place, "the index row of a blob is damaged");
	} else if (e == ERR_OK && row.at == place) {
		v->blobs++;
		if (row.octets != op->octets || row.stored != op->value.len ||
			row.dict != op->dict || row.count <= 0)
			problem(v, place >> 32, (uint32_t)place,
				"the index describes a blob wrongly");
	}
}

static void check_record(struct verify *v, const struct segment_record *record)
{
	struct record_walk walk = record_walk(record->payload);
	struct record_op op;

	while (record_next(&walk, &op)) {
		uint64_t place =
			apply_place(record->head.segment, record->at + RECORD_HEAD_OCTETS + op.at);

		if (op.kind == RECORD_PUT)
			check_put(v, &op, place);
		else if (op.kind == RECORD_BLOB)
			check_blob(v, &op, place);
	}
}

static enum err segment_begin(
	struct journal *j, const struct segment_row *row, struct segment_reader *ret)
{
	char octets[SEGMENT_HEAD_OCTETS];
	struct segment_head head;
	ssize_t n;
	int fd;
	enum err e = journal_segment_open(j, row->number, &fd);

	if (e != ERR_OK)
		return e;
	segment_reader_init(ret, fd, row->number, j->seed);
	ret->octets = row->octets;
	n = pread(fd, octets, sizeof(octets), 0);
	if (n < 0)
		return ERR_IO;
	e = segment_head_decode(str_make(octets, (size_t)n), &head);
	return e == ERR_OK && head.number != row->number ? ERR_CORRUPT : e;
}

static void segment_over(struct verify *v)
{
	if (v->reader.fd < 0)
		return;
	close(v->reader.fd);
	segment_reader_done(&v->reader);
	v->reader.fd = -1;
}

/* False: there is no further one that the snapshot knows. */
static bool next_segment(struct verify *v)
{
	enum err e;

	if (v->row.number >= v->end.segment || !segments_from(&v->j->segments, v->row.number + 1, &v->row) ||
		v->row.number > v->end.segment)
		return false;
	if (v->row.number == v->end.segment)
		v->row.octets = v->end.offset;
	v->seq = 0;
	v->reader.fd = -1;
	e = segment_begin(v->j, &v->row, &v->reader);
	if (e == ERR_OK)
		return true;
	v->cut = true;
	problem(v, v->row.number, 0, e == ERR_CORRUPT ? "the segment's header is damaged" : "the segment cannot be read");
	segment_over(v);
	return true;
}

/* Records until octets are read, or the segment is over. */
static void check_records(struct verify *v, uint64_t octets)
{
	struct segment_reader *r = &v->reader;
	uint64_t begin = r->at;
	struct segment_record record;
	enum err e = ERR_OK;

	while (r->at - begin < octets && (e = segment_next(r, &record)) == ERR_OK) {
		if (v->seq != 0 && record.head.seq != v->seq + 1)
			problem(v, v->row.number, record.at, "a record is out of sequence");
		v->seq = record.head.seq;
		if (v->txn != NULL)
			check_record(v, &record);
	}
	v->read_octets += r->at - begin;
	if (e == ERR_OK)
		return;
	v->cut |= e != ERR_NOTFOUND || r->at != v->row.octets;
	if (e == ERR_NOTFOUND && r->at != v->row.octets)
		problem(v, v->row.number, r->at, "the segment is shorter than it was");
	else if (e == ERR_CORRUPT)
		problem(v, v->row.number, r->at, "a record is damaged");
	else if (e == ERR_IO)
		problem(v, v->row.number, r->at, "the segment cannot be read");
	segment_over(v);
}

static void compare_counts(struct verify *v)
{
	if (!v->whole || v->cut)
		return;
	if (index_keys(&v->j->index, v->txn) != v->keys)
		problem(v, 0, 0, "the index has a key that no record wrote, or lacks one");
	if (index_blobs(&v->j->index, v->txn) != v->blobs)
		problem(v, 0, 0, "the index has a blob that no record wrote, or lacks one");
}

enum err verify_begin(struct kv *kv, void (*each)(void *arg, const struct kv_problem *p), void *arg, struct verify **ret)
{
	struct journal *j = (struct journal *)kv;
	struct verify *v = MEM_NEW(struct verify);
	struct segment_row row = { .number = 0 };
	enum err e;

	*v = (struct verify){ .j = j, .each = each, .arg = arg, .reader.fd = -1 };
	kv_hold(kv, true); /* nothing may move while it is compared */
	e = journal_sync(j);
	if (e == ERR_OK)
		e = index_snapshot(&j->index, &v->txn, &v->end);
	if (e != ERR_OK) {
		kv_hold(kv, false);
		mem_free(v);
		return e;
	}
	v->snapshot = v->whole = true;
	v->index_octets = index_octets(&j->index);
	while (segments_from(&j->segments, row.number + 1, &row) && row.number <= v->end.segment)
		v->total_octets += row.octets;
	*ret = v;
	return ERR_OK;
}

void verify_let_go(struct verify *v)
{
	if (!v->snapshot)
		return;
	index_snapshot_done(v->txn);
	v->txn = NULL;
	v->snapshot = v->whole = false;
	kv_hold(&v->j->kv, false);
}

void verify_end(struct verify *v)
{
	segment_over(v);
	verify_let_go(v);
	mem_free(v);
}

bool verify_grown(const struct verify *v)
{
	uint64_t now = index_octets(&v->j->index);

	return v->snapshot && now > v->index_octets && now - v->index_octets > GROWTH_OCTETS;
}

/* Any view will do for what a row says, since nothing moves and an operation is compared only when the row points at it; only
 * the counts need one state of all rows. */
static bool step_view(struct verify *v)
{
	struct index_position position;

	if (verify_grown(v)) {
		index_snapshot_done(v->txn);
		v->txn = NULL;
		v->whole = false;
	}
	return v->whole || index_view(&v->j->index, &v->txn, &position) == ERR_OK;
}

enum err verify_step(struct verify *v, uint64_t octets)
{
	bool more;

	must(v->snapshot);
	if (!step_view(v))
		return ERR_IO;
	more = v->reader.fd >= 0 || next_segment(v);
	if (v->reader.fd >= 0)
		check_records(v, octets);
	if (!more)
		compare_counts(v);
	if (!v->whole) {
		index_view_done(&v->j->index);
		v->txn = NULL;
	}
	if (more)
		return ERR_NEEDMORE;
	return v->bad ? ERR_CORRUPT : ERR_OK;
}

void verify_progress(const struct verify *v, uint64_t *ret_done, uint64_t *ret_total)
{
	*ret_done = v->read_octets;
	*ret_total = v->total_octets > v->read_octets ? v->total_octets : v->read_octets;
}

/* ---- reading the snapshot ---- */

enum err verify_scan(struct verify *v, const struct kv_range *range, kv_each *each, void *arg)
{
	struct index_cursor cursor;
	struct index_row row;
	enum err e = index_cursor_keys(&v->j->index, v->txn, &cursor);

	if (e == ERR_OK)
		e = index_seek(&cursor, range->shard, range->from, &row);
	for (size_t n = 0; e == ERR_OK && row.shard == range->shard; e = index_next(&cursor, &row)) {
		if (!each(arg, row.key, row.value) || ++n == range->max)
			break;
	}
	index_cursor_done(&cursor);
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

size_t verify_shards(struct verify *v, uint64_t from, uint64_t *ret, size_t max)
{
	struct index_cursor cursor;
	struct index_row row;
	size_t n = 0;
	enum err e = index_cursor_keys(&v->j->index, v->txn, &cursor);

	while (e == ERR_OK && n < max && index_seek(&cursor, from, STR_NONE, &row) == ERR_OK) {
		ret[n++] = row.shard;
		if (row.shard == UINT64_MAX)
			break;
		from = row.shard + 1;
	}
	index_cursor_done(&cursor);
	return n;
}

size_t verify_blobs(struct verify *v, kv_blob from, struct kv_blob_row *ret, size_t max)
{
	struct index_cursor cursor;
	struct index_blob blob;
	struct index_row row;
	size_t n = 0;
	enum err e = index_cursor_blobs(&v->j->index, v->txn, &cursor);

	if (e == ERR_OK)
		e = index_seek(&cursor, from, STR_NONE, &row);
	for (; e == ERR_OK && n < max && index_blob_decode(&row, &blob) == ERR_OK; e = index_next(&cursor, &row))
		ret[n++] = (struct kv_blob_row){ row.shard, blob.octets, (uint64_t)blob.count };
	index_cursor_done(&cursor);
	return n;
}

/* ---- the scrub ---- */

/* One segment at most; remembers where it stopped. False: there is no closed segment from here on.
 */
static bool scrub_some(struct verify *v, uint64_t octets)
{
	struct journal *j = v->j;
	struct segment_reader r = { .fd = -1 };
	struct segment_record record;
	struct segment_row row;
	enum err e;

	if (!segments_from(&j->segments, j->scrub_segment, &row) ||
		row.number == atomic_load(&j->last_segment))
		return false;
	if (row.number != j->scrub_segment)
		j->scrub_at = SEGMENT_HEAD_OCTETS;
	e = segment_begin(j, &row, &r);
	r.at = j->scrub_at;
	while (e == ERR_OK && r.at - j->scrub_at < octets)
		e = segment_next(&r, &record);
	if (e == ERR_CORRUPT)
		problem(v, row.number, r.at, "a record is damaged");
	else if (e == ERR_IO)
		problem(v, row.number, r.at, "the segment cannot be read");
	if (r.fd >= 0) {
		close(r.fd);
		segment_reader_done(&r);
	}
	j->scrub_segment = e == ERR_OK ? row.number : row.number + 1;
	j->scrub_at = e == ERR_OK ? r.at : SEGMENT_HEAD_OCTETS;
	return true;
}

enum err verify_scrub(struct kv *kv, const struct kv_scrub_args *args)
{
	struct journal *j = (struct journal *)kv;
	struct verify v = { .j = j, .each = args->each, .arg = args->arg };

	*args->ret_round = !scrub_some(&v, args->octets_max);
	if (*args->ret_round) {
		j->scrub_segment = 0;
		j->scrub_at = SEGMENT_HEAD_OCTETS;
	}
	return v.bad ? ERR_CORRUPT : ERR_OK;
}

uint32_t verify_scrub_place(struct kv *kv)
{
	return ((struct journal *)kv)->scrub_segment;
}

void verify_scrub_go(struct kv *kv, uint32_t segment)
{
	struct journal *j = (struct journal *)kv;

	j->scrub_segment = segment;
	j->scrub_at = SEGMENT_HEAD_OCTETS;
}
