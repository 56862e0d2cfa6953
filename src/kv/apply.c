#include "kv/apply.h"

#include "base/mem.h"

static uint32_t segment_of(uint64_t place)
{
	return (uint32_t)(place >> 32);
}

#define COUNT_OCTETS    17
#define COUNT_IS_OCTETS 21

/* Of an operation: what its row's disappearance makes garbage. */
static int64_t put_octets(struct str key, struct str value)
{
	return (int64_t)(15 + key.len + value.len);
}

static int64_t blob_octets(const struct index_blob *row)
{
	return (int64_t)(RECORD_BLOB_HEAD + row->stored);
}

/* What the deletion is of. */
struct victim {
	bool blob;
	uint64_t shard; /* or id */
	struct str key;
};

static struct victim victim_of(const struct record_op *op)
{
	if (op->kind == RECORD_PUT || op->kind == RECORD_DEL)
		return (struct victim){ false, op->shard, op->key };
	return (struct victim){ true, op->blob, STR_NONE };
}

static enum err gone_note(struct apply *a, struct victim v, const struct index_gone *g)
{
	segments_hiding(a->segments, segment_of(g->at), g->octets, g->since);
	return index_gone_put(a->index, v.blob, v.shard, v.key, g);
}

static enum err gone_forget(struct apply *a, struct victim v, const struct index_gone *g)
{
	segments_hiding(a->segments, segment_of(g->at), -(int64_t)g->octets, g->since);
	return index_gone_del(a->index, v.blob, v.shard, v.key);
}

enum err apply_forget(struct apply *a, const struct record_op *op)
{
	struct victim v = victim_of(op);
	struct index_gone g;
	enum err e = index_gone_get(a->index, v.blob, v.shard, v.key, &g);

	return e == ERR_OK ? gone_forget(a, v, &g) : e;
}

/* A copy of a deletion: it stands there now. */
static enum err gone_move(struct apply *a, const struct record_op *op, uint64_t at)
{
	struct victim v = victim_of(op);
	struct index_gone g;
	enum err e = index_gone_get(a->index, v.blob, v.shard, v.key, &g);

	if (e != ERR_OK || op->origin == 0)
		return e == ERR_NOTFOUND ? ERR_OK : e;
	e = gone_forget(a, v, &g);
	if (e != ERR_OK)
		return e;
	g.at = at;
	g.origin = op->origin;
	g.octets = (uint32_t)op->len;
	g.is = op->kind == RECORD_COUNT_IS;
	return gone_note(a, v, &g);
}

/* The oldest segment that may hold something for a key that is put and is not in the index. */
static enum err since_of_new(
	struct apply *a, const struct record_op *op, uint64_t at, uint32_t *ret)
{
	struct victim v = victim_of(op);
	struct index_gone g;
	enum err e = index_gone_get(a->index, v.blob, v.shard, v.key, &g);

	*ret = segment_of(at);
	if (e != ERR_OK)
		return e == ERR_NOTFOUND ? ERR_OK : e;
	if (g.since < *ret)
		*ret = g.since;
	return gone_forget(a, v, &g);
}

static enum err apply_put(struct apply *a, const struct record_op *op, uint64_t at)
{
	struct index_key old, row = { op->value, at, 0 };
	enum err e = index_get(a->index, a->index->txn, op->shard, op->key, &old);

	if (e == ERR_OK) {
		row.since = old.since;
		segments_live(a->segments, segment_of(old.at), -put_octets(op->key, old.value));
	} else if (e == ERR_NOTFOUND) {
		e = since_of_new(a, op, at, &row.since);
	}
	if (e != ERR_OK)
		return e;
	segments_live(a->segments, segment_of(at), put_octets(op->key, op->value));
	return index_put(a->index, op->shard, op->key, &row);
}

static enum err apply_del(struct apply *a, const struct record_op *op, uint64_t at)
{
	struct index_gone g = { .at = at, .origin = op->origin, .octets = (uint32_t)op->len };
	struct index_key old;
	enum err e = index_get(a->index, a->index->txn, op->shard, op->key, &old);

	if (e == ERR_NOTFOUND)
		return gone_move(a, op, at);
	if (e != ERR_OK)
		return e;
	segments_live(a->segments, segment_of(old.at), -put_octets(op->key, old.value));
	e = index_del(a->index, op->shard, op->key);
	g.since = old.since;
	if (g.origin == 0)
		g.origin = segment_of(at);
	/* Within one segment both go together. */
	return e == ERR_OK && g.since < g.origin ? gone_note(a, victim_of(op), &g) : e;
}

/* The row's operations are garbage now. */
static void forget_blob(struct apply *a, const struct index_blob *row)
{
	segments_live(a->segments, segment_of(row->at), -blob_octets(row));
	if (row->is_at != row->at)
		segments_live(a->segments, segment_of(row->is_at), -COUNT_IS_OCTETS);
}

static enum err apply_blob(struct apply *a, const struct record_op *op, uint64_t at)
{
	struct index_blob old, row = { .at = at,
		.is_at = at,
		.octets = op->octets,
		.count = (int64_t)op->count,
		.stored = (uint32_t)op->value.len,
		.dict = op->dict };
	enum err e = index_blob_get(a->index, a->index->txn, op->blob, &old);

	if (e == ERR_OK) {
		row.since = old.since;
		forget_blob(a, &old);
	} else if (e == ERR_NOTFOUND) {
		e = since_of_new(a, op, at, &row.since);
	}
	if (e != ERR_OK)
		return e;
	segments_live(a->segments, segment_of(at), blob_octets(&row));
	if (op->blob >= a->position.next_blob)
		a->position.next_blob = op->blob + 1;
	return index_blob_put(a->index, op->blob, &row);
}

static void remember_zero(struct apply *a, struct apply_zero zero)
{
	if (a->zero_count == a->zero_held) {
		a->zero_held = a->zero_held ? a->zero_held * 2 : 64;
		a->zero = mem_resize(a->zero, a->zero_held * sizeof(*a->zero));
	}
	a->zero[a->zero_count++] = zero;
}

/* The count operation at `zero.at` was its last. */
static enum err drop_blob(
	struct apply *a, struct apply_zero zero, const struct index_blob *row, uint32_t origin)
{
	struct index_gone g = { .at = zero.at,
		.since = row->since,
		.origin = origin,
		.is = zero.is,
		.octets = zero.is ? COUNT_IS_OCTETS : COUNT_OCTETS };
	enum err e = index_blob_del(a->index, zero.id);

	forget_blob(a, row);
	if (g.origin == 0)
		g.origin = segment_of(zero.at);
	return e == ERR_OK && g.since < g.origin
		       ? gone_note(a, (struct victim){ true, zero.id, STR_NONE }, &g)
		       : e;
}

static void count_changed(
	struct apply *a, const struct record_op *op, uint64_t at, struct index_blob *row)
{
	if (op->kind == RECORD_COUNT) {
		row->count = (int64_t)((uint64_t)row->count + (uint64_t)op->change);
		return;
	}
	row->count = (int64_t)op->count;
	if (row->is_at != row->at)
		segments_live(a->segments, segment_of(row->is_at), -COUNT_IS_OCTETS);
	segments_live(a->segments, segment_of(at), COUNT_IS_OCTETS);
	row->is_at = at;
}

static enum err apply_count(struct apply *a, const struct record_op *op, uint64_t at)
{
	struct apply_zero zero = { op->blob, at, op->kind == RECORD_COUNT_IS };
	struct index_blob row;
	enum err e = index_blob_get(a->index, a->index->txn, op->blob, &row);

	if (e == ERR_NOTFOUND)
		return gone_move(a, op, at);
	if (e != ERR_OK)
		return e;
	count_changed(a, op, at, &row);
	if (row.count > 0 || a->position.building) {
		if (row.count <= 0)
			remember_zero(a, zero);
		return index_blob_put(a->index, op->blob, &row);
	}
	return drop_blob(a, zero, &row, op->origin);
}

static enum err apply_dict(struct apply *a, const struct record_op *op, uint64_t at)
{
	segments_live(a->segments, segment_of(at), (int64_t)op->len);
	return index_dict_put(a->index, op->dict, op->value, at);
}

static void raise_next(struct apply *a, const struct record_op *op)
{
	if (op->blob > a->position.next_blob)
		a->position.next_blob = op->blob;
}

static bool listed(const struct record_op *op, uint32_t number)
{
	size_t low = 0, high = op->value.len / RECORD_SEGMENT_ROW;

	while (low < high) {
		size_t middle = (low + high) / 2;
		uint32_t at = record_segment_at(op, middle).number;

		if (at == number)
			return true;
		if (at < number)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static enum err apply_segments(struct apply *a, const struct record_op *op, uint64_t at)
{
	size_t n = op->value.len / RECORD_SEGMENT_ROW;
	struct segment_row row = { .number = 0 };
	enum err e = ERR_OK;

	raise_next(a, op);
	for (size_t i = 0; i < n; i++) {
		struct record_segment s = record_segment_at(op, i);

		segments_add(a->segments, s.number);
		if (s.octets > 0)
			segments_set_octets(a->segments, s.number, s.octets);
	}
	while (e == ERR_OK && row.number < UINT32_MAX &&
		segments_from(a->segments, row.number + 1, &row)) {
		if (!listed(op, row.number)) {
			segments_remove(a->segments, row.number);
			e = index_segment_del(a->index, row.number);
		}
	}
	return e;
}

static enum err apply_gone(struct apply *a, const struct record_op *op, uint64_t at)
{
	raise_next(a, op);
	segments_remove(a->segments, op->origin);
	return index_segment_del(a->index, op->origin);
}

static enum err apply_time(struct apply *a, const struct record_op *op, uint64_t at)
{
	return ERR_OK;
}

static enum err (*const appliers[])(struct apply *, const struct record_op *, uint64_t) = {
	[RECORD_PUT] = apply_put,
	[RECORD_DEL] = apply_del,
	[RECORD_BLOB] = apply_blob,
	[RECORD_COUNT] = apply_count,
	[RECORD_COUNT_IS] = apply_count,
	[RECORD_DICT] = apply_dict,
	[RECORD_SEGMENTS] = apply_segments,
	[RECORD_GONE] = apply_gone,
	[RECORD_TIME] = apply_time,
};

enum err apply_record(struct apply *a, const struct segment_record *record)
{
	struct record_walk walk = record_walk(record->payload);
	struct record_op op;
	enum err e = index_begin(a->index);

	while (e == ERR_OK && record_next(&walk, &op)) {
		e = appliers[op.kind](a, &op,
			apply_place(record->head.segment, record->at + RECORD_HEAD_OCTETS + op.at));
		a->operations++;
	}
	if (e != ERR_OK)
		return e;
	must(record_sound(&walk)); /* checked by whoever read or built it */
	a->position.segment = record->head.segment;
	a->position.offset = record->at + RECORD_HEAD_OCTETS + record->payload.len;
	a->position.epoch = record->head.epoch;
	a->position.seq = record->head.seq;
	a->operations++;
	return ERR_OK;
}

enum err apply_commit(struct apply *a)
{
	struct segment_row row;
	enum err e = index_begin(a->index);

	while (e == ERR_OK && segments_dirty(a->segments, &row))
		e = index_segment_put(a->index, &row);
	if (e == ERR_OK)
		e = index_commit(a->index, &a->position);
	a->operations = 0;
	return e;
}

enum err apply_settle(struct apply *a)
{
	enum err e = index_begin(a->index);

	/* From the end: of the operations that left it at zero the last one counts. */
	for (size_t i = a->zero_count; e == ERR_OK && i > 0; i--) {
		struct index_blob row;

		e = index_blob_get(a->index, a->index->txn, a->zero[i - 1].id, &row);
		if (e == ERR_OK && row.count <= 0)
			e = drop_blob(a, a->zero[i - 1], &row, 0);
		else if (e == ERR_NOTFOUND)
			e = ERR_OK;
	}
	a->position.building = false;
	return e;
}

void apply_done(struct apply *a)
{
	mem_free(a->zero);
	*a = (struct apply){ 0 };
}
