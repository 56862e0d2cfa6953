#include "kv/verify.h"

#include <unistd.h>

struct verify {
	struct journal *j;
	void (*each)(void *arg, const struct kv_problem *p);
	void *arg;
	MDB_txn *txn;
	uint64_t keys, blobs; /* operations that an index row points at */
	bool bad;
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

static void check_segment(struct verify *v, const struct segment_row *row)
{
	struct segment_reader r = { .fd = -1 };
	struct segment_record record;
	uint64_t seq = 0;
	enum err e = segment_begin(v->j, row, &r);

	if (e != ERR_OK)
		problem(v, row->number, 0,
			e == ERR_CORRUPT ? "the segment's header is damaged"
					 : "the segment cannot be read");
	while (e == ERR_OK && (e = segment_next(&r, &record)) == ERR_OK) {
		if (seq != 0 && record.head.seq != seq + 1)
			problem(v, row->number, record.at, "a record is out of sequence");
		seq = record.head.seq;
		if (v->txn != NULL)
			check_record(v, &record);
	}
	if (e == ERR_NOTFOUND && r.at != row->octets)
		problem(v, row->number, r.at, "the segment is shorter than it was");
	else if (e == ERR_CORRUPT && r.fd >= 0 && r.at > SEGMENT_HEAD_OCTETS - 1)
		problem(v, row->number, r.at, "a record is damaged");
	else if (e == ERR_IO && r.fd >= 0)
		problem(v, row->number, r.at, "the segment cannot be read");
	if (r.fd >= 0) {
		close(r.fd);
		segment_reader_done(&r);
	}
}

static void check_all(struct verify *v)
{
	struct index *x = &v->j->index;
	struct segment_row row = { .number = 0 };

	while (row.number < UINT32_MAX && segments_from(&v->j->segments, row.number + 1, &row))
		check_segment(v, &row);
	if (index_keys(x, v->txn) != v->keys)
		problem(v, 0, 0, "the index has a key that no record wrote, or lacks one");
	if (index_blobs(x, v->txn) != v->blobs)
		problem(v, 0, 0, "the index has a blob that no record wrote, or lacks one");
}

enum err verify_all(struct kv *kv, void (*each)(void *arg, const struct kv_problem *p), void *arg)
{
	struct journal *j = (struct journal *)kv;
	struct verify v = { .j = j, .each = each, .arg = arg };
	struct index_position position;
	enum err e;

	kv_hold(kv, true); /* nothing may move while it is compared */
	e = journal_sync(j);
	if (e == ERR_OK)
		e = index_view(&j->index, &v.txn, &position);
	if (e == ERR_OK) {
		check_all(&v);
		index_view_done(&j->index);
	}
	kv_hold(kv, false);
	if (e != ERR_OK)
		return e;
	return v.bad ? ERR_CORRUPT : ERR_OK;
}

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
