/*
 * A whole segment from the disk: header, records, operations, blobs, the decision between an
 * unfinished tail and damage. So that a fuzzer gets past the checksums, they are made right before
 * each try: the first octet says which are left as they came.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "base/code.h"
#include "base/mem.h"
#include "kv/blob.h"
#include "kv/compress.h"
#include "kv/segment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum err stored_read(void *arg, uint64_t from, char *to, size_t len)
{
	const struct str *stored = arg;

	if (from > stored->len || len > stored->len - from)
		return ERR_CORRUPT;
	memcpy(to, stored->at + from, len);
	return ERR_OK;
}

static void read_blob(const struct record_op *op, struct compress *c)
{
	struct str stored = op->value;
	struct blob_source s = { .read = stored_read,
		.arg = &stored,
		.id = op->blob,
		.octets = op->octets,
		.stored = op->value.len,
		.unpacking = compress_unpacking(c, op->dict) };
	struct buf all, part;

	buf_init(&all, 4 << 20);
	buf_init(&part, 4 << 20);
	if (blob_range(&s, 0, UINT64_MAX, &all) == ERR_OK) {
		must(all.len == op->octets);
		must(blob_range(&s, op->octets / 2, 10, &part) == ERR_OK);
		must(str_eq(buf_str(&part), str_sub(buf_str(&all), op->octets / 2, 10)));
	}
	buf_done(&all);
	buf_done(&part);
}

/* What is decoded and encoded again is the same. */
static void encode_again(const struct record_op *op, struct str octets)
{
	struct kv_blob_row row = { op->blob, op->octets, op->count };
	struct buf b;

	buf_init(&b, KV_WRITE_OCTETS_MAX);
	if (op->kind == RECORD_PUT)
		record_put(&b, op->shard, op->key, op->value);
	if (op->kind == RECORD_DEL)
		record_del(&b, op->shard, op->key, op->origin);
	if (op->kind == RECORD_BLOB) {
		record_blob(&b, &row, op->dict, (uint32_t)op->value.len);
		buf_put(&b, op->value);
	}
	if (op->kind == RECORD_COUNT)
		record_count(&b, op->blob, op->change);
	if (op->kind == RECORD_COUNT_IS)
		record_count_is(&b, op->blob, op->count, op->origin);
	if (op->kind == RECORD_DICT)
		record_dict(&b, op->dict, op->value);
	if (op->kind == RECORD_GONE)
		record_gone(&b, op->blob, op->origin);
	if (op->kind == RECORD_TIME)
		record_time(&b, op->change);
	if (op->kind == RECORD_SEGMENTS) {
		size_t n = op->value.len / RECORD_SEGMENT_ROW;

		record_segments(&b, op->blob, (uint32_t)n);
		for (size_t i = 0; i < n; i++)
			record_segment(&b, record_segment_at(op, i));
	}
	must(str_eq(buf_str(&b), octets));
	buf_done(&b);
}

static void walk(struct str payload, struct compress *c)
{
	struct record_walk ops = record_walk(payload);
	struct record_op op;

	while (record_next(&ops, &op)) {
		encode_again(&op, str_sub(payload, op.at, op.len));
		if (op.kind == RECORD_BLOB)
			read_blob(&op, c);
	}
}

static void set_u32(uint8_t *at, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(v >> 8 * i);
}

static uint32_t get_u32(const uint8_t *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
	       (uint32_t)at[3] << 24;
}

/* Makes the checksums of the records right, as long as lengths lead from one to the next. */
static void mend(uint8_t *data, size_t size, uint32_t seed, unsigned most)
{
	size_t at = SEGMENT_HEAD_OCTETS;

	for (; most > 0 && at + RECORD_HEAD_OCTETS <= size; most--) {
		uint32_t octets = get_u32(data + at + 8);

		if (octets > size - at - RECORD_HEAD_OCTETS)
			octets = (uint32_t)(size - at - RECORD_HEAD_OCTETS);
		set_u32(data + at, RECORD_MAGIC);
		set_u32(data + at + 8, octets);
		set_u32(data + at + 12,
			crc32c(seed, str_make(data + at + RECORD_HEAD_OCTETS, octets)));
		set_u32(data + at + 4,
			crc32c(seed, str_make(data + at + 8, RECORD_HEAD_OCTETS - 8)));
		at += RECORD_HEAD_OCTETS + octets;
	}
}

static void read_segment(struct str file, struct compress *c)
{
	int fd = memfd_create("segment", MFD_CLOEXEC);
	struct segment_head head;
	struct segment_reader r;
	struct segment_record record;
	uint64_t seq;
	bool torn = false;
	enum err e;

	if (fd < 0 || pwrite(fd, file.at, file.len, 0) != (ssize_t)file.len ||
		segment_head_decode(file, &head) != ERR_OK) {
		close(fd);
		return;
	}
	segment_reader_init(&r, fd, head.number, segment_seed(head.id));
	seq = head.seq;
	while ((e = segment_next(&r, &record)) == ERR_OK) {
		must(record.at + RECORD_HEAD_OCTETS + record.payload.len == r.at &&
			r.at <= file.len);
		walk(record.payload, c);
		seq = record.head.seq + 1;
	}
	must(e == ERR_NOTFOUND ? r.at == file.len : e == ERR_CORRUPT);
	if (e == ERR_CORRUPT)
		must(segment_torn(&r, seq, &torn) == ERR_OK);
	segment_reader_done(&r);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct compress *c;
	struct segment_head head = { 1, 1, 1, "fuzz" };
	uint8_t *copy;
	unsigned how;

	if (c == NULL)
		c = compress_new(NULL, NULL);
	if (size < 1 + SEGMENT_HEAD_OCTETS) {
		walk(str_make(data, size), c);
		return 0;
	}
	how = data[0];
	copy = mem_copy(data + 1, size - 1);
	if (how & 1)
		segment_head_encode((char *)copy, &head);
	if (how >= 2)
		mend(copy, size - 1, segment_seed(head.id), how / 2);
	read_segment(str_make(copy, size - 1), c);
	mem_free(copy);
	walk(str_make(data + 1, size - 1), c);
	return 0;
}
