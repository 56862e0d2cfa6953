#include "kv/apply.h"

#include "base/mem.h"

static uint32_t segment_of(uint64_t place)
{
	return (uint32_t)(place >> 32);
}

/* Of an operation with data: what its row's disappearance makes garbage. */
static int64_t put_octets(struct str key, struct str value)
{
	return (int64_t)(15 + key.len + value.len);
}

static int64_t blob_octets(const struct index_blob *row)
{
	return (int64_t)(RECORD_BLOB_HEAD + row->stored);
}

static enum err forget_put(struct apply *a, const struct record_op *op)
{
	struct str old;
	uint64_t at;
	enum err e = index_get(a->index, a->index->txn, op->shard, op->key, &old, &at);

	if (e == ERR_OK)
		segments_live(a->segments, segment_of(at), -put_octets(op->key, old));
	return e;
}

static enum err apply_put(struct apply *a, const struct record_op *op, uint64_t at)
{
	enum err e = forget_put(a, op);

	if (e != ERR_OK && e != ERR_NOTFOUND)
		return e;
	segments_live(a->segments, segment_of(at), put_octets(op->key, op->value));
	return index_put(a->index, op->shard, op->key, op->value, at);
}

static enum err apply_del(struct apply *a, const struct record_op *op, uint64_t at)
{
	enum err e = forget_put(a, op);

	if (op->origin != 0) /* a copied tombstone is there because it is needed */
		segments_live(a->segments, segment_of(at), (int64_t)op->len);
	if (e == ERR_NOTFOUND)
		return ERR_OK;
	return e == ERR_OK ? index_del(a->index, op->shard, op->key) : e;
}

static enum err apply_blob(struct apply *a, const struct record_op *op, uint64_t at)
{
	struct index_blob row, old;
	enum err e = index_blob_get(a->index, a->index->txn, op->blob, &old);

	if (e != ERR_OK && e != ERR_NOTFOUND)
		return e;
	if (e == ERR_OK)
		segments_live(a->segments, segment_of(old.at), -blob_octets(&old));
	row = (struct index_blob){ .at = at,
		.octets = op->octets,
		.count = (int64_t)op->count,
		.stored = (uint32_t)op->value.len,
		.dict = op->dict };
	segments_live(a->segments, segment_of(at), blob_octets(&row));
	if (op->blob >= a->position.next_blob)
		a->position.next_blob = op->blob + 1;
	return index_blob_put(a->index, op->blob, &row);
}

static void remember_zero(struct apply *a, kv_blob id)
{
	if (a->zero_count == a->zero_held) {
		a->zero_held = a->zero_held ? a->zero_held * 2 : 64;
		a->zero = mem_resize(a->zero, a->zero_held * sizeof(*a->zero));
	}
	a->zero[a->zero_count++] = id;
}

static enum err drop_blob(struct apply *a, kv_blob id, const struct index_blob *row)
{
	segments_live(a->segments, segment_of(row->at), -blob_octets(row));
	return index_blob_del(a->index, id);
}

static enum err apply_count(struct apply *a, const struct record_op *op, uint64_t at)
{
	struct index_blob row;
	enum err e = index_blob_get(a->index, a->index->txn, op->blob, &row);

	if (op->kind == RECORD_COUNT_IS)
		segments_live(a->segments, segment_of(at), (int64_t)op->len);
	if (e == ERR_NOTFOUND)
		return ERR_OK;
	if (e != ERR_OK)
		return e;
	row.count = op->kind == RECORD_COUNT ? (int64_t)((uint64_t)row.count + (uint64_t)op->change)
					     : (int64_t)op->count;
	if (row.count > 0 || a->position.building) {
		if (row.count <= 0)
			remember_zero(a, op->blob);
		return index_blob_put(a->index, op->blob, &row);
	}
	return drop_blob(a, op->blob, &row);
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

static enum err (*const appliers[])(struct apply *, const struct record_op *, uint64_t) = {
	[RECORD_PUT] = apply_put,
	[RECORD_DEL] = apply_del,
	[RECORD_BLOB] = apply_blob,
	[RECORD_COUNT] = apply_count,
	[RECORD_COUNT_IS] = apply_count,
	[RECORD_DICT] = apply_dict,
	[RECORD_SEGMENTS] = apply_segments,
	[RECORD_GONE] = apply_gone,
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
		e = index_segment_put(a->index, row.number, row.octets, row.live);
	if (e == ERR_OK)
		e = index_commit(a->index, &a->position);
	a->operations = 0;
	return e;
}

enum err apply_settle(struct apply *a)
{
	enum err e = index_begin(a->index);

	for (size_t i = 0; e == ERR_OK && i < a->zero_count; i++) {
		struct index_blob row;

		e = index_blob_get(a->index, a->index->txn, a->zero[i], &row);
		if (e == ERR_OK && row.count <= 0)
			e = drop_blob(a, a->zero[i], &row);
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
