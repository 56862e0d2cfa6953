#include "kv/record.h"

#include "base/code.h"
#include "kv/blob.h"

void record_head_encode(char to[RECORD_HEAD_OCTETS], const struct record_head *head, uint32_t seed)
{
	struct buf b = { .at = to, .held = RECORD_HEAD_OCTETS, .ceiling = RECORD_HEAD_OCTETS };
	struct wr w = wr_to(&b);
	uint32_t crc;

	wr_u32(&w, RECORD_MAGIC);
	wr_u32(&w, 0);
	wr_u32(&w, head->payload_octets);
	wr_u32(&w, head->payload_crc);
	wr_u32(&w, head->segment);
	wr_u32(&w, head->place);
	wr_u64(&w, head->epoch);
	wr_u64(&w, head->seq);
	must(b.len == RECORD_HEAD_OCTETS);
	crc = crc32c(seed, str_skip(buf_str(&b), 8));
	b.len = 4;
	wr_u32(&w, crc);
}

enum err record_head_decode(struct str octets, uint32_t seed, struct record_head *ret)
{
	struct rd r = rd_from(str_sub(octets, 0, RECORD_HEAD_OCTETS));
	struct record_head head;
	uint32_t magic = rd_u32(&r), crc = rd_u32(&r);

	if (octets.len < RECORD_HEAD_OCTETS)
		return ERR_NEEDMORE;
	if (magic != RECORD_MAGIC ||
		crc != crc32c(seed, str_sub(octets, 8, RECORD_HEAD_OCTETS - 8)))
		return ERR_CORRUPT;
	head.payload_octets = rd_u32(&r);
	head.payload_crc = rd_u32(&r);
	head.segment = rd_u32(&r);
	head.place = rd_u32(&r);
	head.epoch = rd_u64(&r);
	head.seq = rd_u64(&r);
	if (rd_end(&r) != ERR_OK || head.place > head.seq)
		return ERR_CORRUPT;
	*ret = head;
	return ERR_OK;
}

static void read_key(struct rd *r, struct record_op *op, uint16_t len)
{
	if (len > KV_KEY_OCTETS_MAX)
		rd_fail(r);
	op->key = rd_octets(r, len);
}

static void read_put(struct rd *r, struct record_op *op)
{
	uint16_t key;
	uint32_t value;

	op->shard = rd_u64(r);
	key = rd_u16(r);
	value = rd_u32(r);
	if (value > KV_VALUE_OCTETS_MAX)
		rd_fail(r);
	read_key(r, op, key);
	op->value = rd_octets(r, value);
}

static void read_del(struct rd *r, struct record_op *op)
{
	uint16_t key;

	op->shard = rd_u64(r);
	key = rd_u16(r);
	op->origin = rd_u32(r);
	read_key(r, op, key);
}

static void read_blob(struct rd *r, struct record_op *op)
{
	uint32_t stored;

	op->blob = rd_u64(r);
	op->count = rd_u64(r);
	op->octets = rd_u64(r);
	op->dict = rd_u32(r);
	stored = rd_u32(r);
	op->value = rd_octets(r, stored);
	if (op->count == 0 || op->blob == 0 || !blob_sound(op->octets, op->value))
		rd_fail(r);
}

static void read_count(struct rd *r, struct record_op *op)
{
	op->blob = rd_u64(r);
	if (op->kind == RECORD_COUNT) {
		op->change = (int64_t)rd_u64(r);
	} else {
		op->count = rd_u64(r);
		op->origin = rd_u32(r);
	}
	if (op->blob == 0)
		rd_fail(r);
}

static void read_dict(struct rd *r, struct record_op *op)
{
	op->dict = rd_u32(r);
	op->value = rd_str(r);
	if (op->dict == 0)
		rd_fail(r);
}

static void read_segments(struct rd *r, struct record_op *op)
{
	uint32_t n;

	op->blob = rd_u64(r);
	n = rd_u32(r);
	op->value = rd_octets(r, (size_t)n * RECORD_SEGMENT_ROW);
}

static void read_gone(struct rd *r, struct record_op *op)
{
	op->blob = rd_u64(r);
	op->origin = rd_u32(r);
}

static void read_time(struct rd *r, struct record_op *op)
{
	op->change = (int64_t)rd_u64(r);
	if (op->change < 0)
		rd_fail(r);
}

static void (*const readers[])(struct rd *, struct record_op *) = {
	[RECORD_PUT] = read_put,
	[RECORD_DEL] = read_del,
	[RECORD_BLOB] = read_blob,
	[RECORD_COUNT] = read_count,
	[RECORD_COUNT_IS] = read_count,
	[RECORD_DICT] = read_dict,
	[RECORD_SEGMENTS] = read_segments,
	[RECORD_GONE] = read_gone,
	[RECORD_TIME] = read_time,
};

bool record_next(struct record_walk *walk, struct record_op *ret)
{
	struct record_op op = { .at = walk->octets - walk->rest.rest.len };
	uint8_t kind;

	if (walk->rest.failed || walk->rest.rest.len == 0)
		return false;
	kind = rd_u8(&walk->rest);
	if (kind == 0 || kind >= sizeof(readers) / sizeof(readers[0])) {
		rd_fail(&walk->rest);
		return false;
	}
	op.kind = (enum record_kind)kind;
	readers[kind](&walk->rest, &op);
	if (walk->rest.failed)
		return false;
	op.len = walk->octets - walk->rest.rest.len - op.at;
	*ret = op;
	return true;
}

void record_put(struct buf *to, uint64_t shard, struct str key, struct str value)
{
	struct wr w = wr_to(to);

	must(key.len <= KV_KEY_OCTETS_MAX && value.len <= KV_VALUE_OCTETS_MAX);
	wr_u8(&w, RECORD_PUT);
	wr_u64(&w, shard);
	wr_u16(&w, (uint16_t)key.len);
	wr_u32(&w, (uint32_t)value.len);
	wr_octets(&w, key);
	wr_octets(&w, value);
}

void record_del(struct buf *to, uint64_t shard, struct str key, uint32_t origin)
{
	struct wr w = wr_to(to);

	must(key.len <= KV_KEY_OCTETS_MAX);
	wr_u8(&w, RECORD_DEL);
	wr_u64(&w, shard);
	wr_u16(&w, (uint16_t)key.len);
	wr_u32(&w, origin);
	wr_octets(&w, key);
}

void record_blob(struct buf *to, const struct kv_blob_row *row, uint32_t dict, uint32_t stored)
{
	struct wr w = wr_to(to);

	must(row->id != 0 && row->count > 0);
	wr_u8(&w, RECORD_BLOB);
	wr_u64(&w, row->id);
	wr_u64(&w, row->count);
	wr_u64(&w, row->octets);
	wr_u32(&w, dict);
	wr_u32(&w, stored);
}

void record_blob_stored(struct buf *to, size_t op_at, uint32_t stored)
{
	struct buf part;
	struct wr w;

	if (buf_overflowed(to))
		return;
	must(op_at + RECORD_BLOB_HEAD <= to->len);
	part = (struct buf){ .at = to->at + op_at + RECORD_BLOB_HEAD - 4, .held = 4, .ceiling = 4 };
	w = wr_to(&part);
	wr_u32(&w, stored);
}

void record_count(struct buf *to, kv_blob id, int64_t change)
{
	struct wr w = wr_to(to);

	must(id != 0);
	wr_u8(&w, RECORD_COUNT);
	wr_u64(&w, id);
	wr_u64(&w, (uint64_t)change);
}

void record_count_is(struct buf *to, kv_blob id, uint64_t count, uint32_t origin)
{
	struct wr w = wr_to(to);

	must(id != 0);
	wr_u8(&w, RECORD_COUNT_IS);
	wr_u64(&w, id);
	wr_u64(&w, count);
	wr_u32(&w, origin);
}

void record_dict(struct buf *to, uint32_t id, struct str octets)
{
	struct wr w = wr_to(to);

	must(id != 0);
	wr_u8(&w, RECORD_DICT);
	wr_u32(&w, id);
	wr_str(&w, octets);
}

void record_segments(struct buf *to, kv_blob next, uint32_t n)
{
	struct wr w = wr_to(to);

	wr_u8(&w, RECORD_SEGMENTS);
	wr_u64(&w, next);
	wr_u32(&w, n);
}

void record_segment(struct buf *to, struct record_segment row)
{
	struct wr w = wr_to(to);

	wr_u32(&w, row.number);
	wr_u64(&w, row.octets);
}

void record_gone(struct buf *to, kv_blob next, uint32_t number)
{
	struct wr w = wr_to(to);

	wr_u8(&w, RECORD_GONE);
	wr_u64(&w, next);
	wr_u32(&w, number);
}

void record_time(struct buf *to, int64_t seconds)
{
	struct wr w = wr_to(to);

	must(seconds >= 0);
	wr_u8(&w, RECORD_TIME);
	wr_u64(&w, (uint64_t)seconds);
}

struct record_segment record_segment_at(const struct record_op *op, size_t i)
{
	struct rd r = rd_from(str_sub(op->value, i * RECORD_SEGMENT_ROW, RECORD_SEGMENT_ROW));
	struct record_segment row;

	must(op->kind == RECORD_SEGMENTS);
	row.number = rd_u32(&r);
	row.octets = rd_u64(&r);
	return row;
}
