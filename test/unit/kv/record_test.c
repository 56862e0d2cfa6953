/* The record's codec alone: round trips, every prefix, every bit. */
#include "base/code.h"
#include "base/mem.h"
#include "kv/blob.h"
#include "kv/record.h"
#include "kv/segment.h"
#include "kv/table.h"
#include "tap.h"

static void build(struct buf *b)
{
	struct kv_blob_row row = { .id = 7, .count = 3 };

	record_put(b, 1, S("key"), S("value"));
	record_put(b, UINT64_MAX, S(""), S(""));
	record_del(b, 2, S("gone"), 9);
	blob_write(b, row, S("octets of a blob"), NULL);
	record_count(b, 7, -2);
	record_count_is(b, 7, 0, 4);
	record_dict(b, 1, S("dictionary"));
	record_segments(b, 8, 2);
	record_segment(b, (struct record_segment){ 3, 1000 });
	record_segment(b, (struct record_segment){ 4, 0 });
	record_gone(b, 8, 3);
}

static void test_round_trip(void)
{
	struct record_walk walk;
	struct record_op op = { 0 };
	struct buf b;

	buf_init(&b, 10000);
	build(&b);
	walk = record_walk(buf_str(&b));
	OK(record_next(&walk, &op) && op.kind == RECORD_PUT && op.shard == 1 && op.at == 0, "put");
	IS_STR(op.key, S("key"));
	IS_STR(op.value, S("value"));
	OK(record_next(&walk, &op) && op.shard == UINT64_MAX && op.key.len == 0, "empty put");
	OK(record_next(&walk, &op) && op.kind == RECORD_DEL && op.origin == 9, "del");
	IS_STR(op.key, S("gone"));
	OK(record_next(&walk, &op) && op.kind == RECORD_BLOB && op.blob == 7 && op.count == 3,
		"blob");
	IS_STR(str_skip(op.value, 8), S("octets of a blob"));
	IS_NUM(op.len, RECORD_BLOB_HEAD + 8 + 16);
	OK(record_next(&walk, &op) && op.kind == RECORD_COUNT && op.change == -2, "count");
	OK(record_next(&walk, &op) && op.kind == RECORD_COUNT_IS && op.count == 0 && op.origin == 4,
		"is");
	OK(record_next(&walk, &op) && op.kind == RECORD_DICT && op.dict == 1, "dict");
	IS_STR(op.value, S("dictionary"));
	OK(record_next(&walk, &op) && op.kind == RECORD_SEGMENTS && op.blob == 8, "segments");
	IS_NUM(record_segment_at(&op, 0).octets, 1000);
	IS_NUM(record_segment_at(&op, 1).number, 4);
	OK(record_next(&walk, &op) && op.kind == RECORD_GONE && op.origin == 3, "gone");
	OK(!record_next(&walk, &op) && record_sound(&walk), "and no more");
	buf_done(&b);
}

/* A prefix is sound only where an operation ends; from exact-size copies, so that a read too far is
 * seen. */
static void test_prefixes(void)
{
	struct buf b;
	size_t sound = 0;

	buf_init(&b, 10000);
	build(&b);
	for (size_t n = 0; n <= b.len; n++) {
		char *copy = mem_copy(b.at, n);
		struct record_walk walk = record_walk(str_make(copy, n));
		struct record_op op;

		while (record_next(&walk, &op))
			must(op.at + op.len <= n);
		sound += record_sound(&walk);
		mem_free(copy);
	}
	IS_NUM(sound, 10); /* nine operations and nothing at all */
	buf_done(&b);
}

struct bad {
	const char *what;
	struct str octets;
};

static const struct bad bads[] = {
	{ "kind 0", S_INIT("\0") },
	{ "kind 9", S_INIT("\x09") },
	{ "kind 255", S_INIT("\xff") },
	{ "key of 401", S_INIT("\x01\0\0\0\0\0\0\0\0\x91\x01\0\0\0\0") },
	{ "value of 2^32-1", S_INIT("\x01\0\0\0\0\0\0\0\0\0\0\xff\xff\xff\xff") },
	{ "blob 0",
		S_INIT("\x03\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0") },
	{ "blob counted 0",
		S_INIT("\x03\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0") },
	{ "blob without pieces",
		S_INIT("\x03\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0") },
	{ "endless blob", S_INIT("\x03\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff"
				 "\xff\0\0\0\0\0\0\0\0") },
	{ "count of blob 0", S_INIT("\x04\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0") },
	{ "dictionary 0", S_INIT("\x06\0\0\0\0\0\0\0\0") },
	{ "list of 2^32-1", S_INIT("\x07\0\0\0\0\0\0\0\0\xff\xff\xff\xff") },
};

static void test_bad(void)
{
	for (size_t i = 0; i < sizeof(bads) / sizeof(bads[0]); i++) {
		char *copy = mem_copy(bads[i].octets.at, bads[i].octets.len);
		struct record_walk walk = record_walk(str_make(copy, bads[i].octets.len));
		struct record_op op;

		while (record_next(&walk, &op))
			;
		OK(!record_sound(&walk), "refused: %s", bads[i].what);
		mem_free(copy);
	}
}

static void test_head(void)
{
	struct record_head in = { 100, 0x12345678, 9, 3, 5, 77 }, out = { 0 };
	char octets[RECORD_HEAD_OCTETS];
	unsigned taken = 0;

	record_head_encode(octets, &in, 42);
	OK(record_head_decode(str_make(octets, sizeof(octets)), 42, &out) == ERR_OK, "decoded");
	OK(memcmp(&in, &out, sizeof(in)) == 0, "the same");
	OK(record_head_decode(str_make(octets, sizeof(octets)), 43, &out) == ERR_CORRUPT,
		"another store's");
	for (size_t n = 0; n < sizeof(octets); n++)
		taken += record_head_decode(str_make(octets, n), 42, &out) != ERR_NEEDMORE;
	IS_NUM(taken, 0);
	for (size_t bit = 0; bit < sizeof(octets) * 8; bit++) {
		octets[bit / 8] ^= (char)(1 << bit % 8);
		taken += record_head_decode(str_make(octets, sizeof(octets)), 42, &out) == ERR_OK;
		octets[bit / 8] ^= (char)(1 << bit % 8);
	}
	IS_NUM(taken, 0);
}

static void test_segment_head(void)
{
	struct segment_head in = { 3, 4, 5, "0123456789abcde" }, out;
	char octets[SEGMENT_HEAD_OCTETS];
	unsigned taken = 0;
	uint32_t number = 0;

	segment_head_encode(octets, &in);
	OK(segment_head_decode(str_make(octets, sizeof(octets)), &out) == ERR_OK, "decoded");
	OK(out.number == 3 && out.epoch == 4 && out.seq == 5 && memcmp(out.id, in.id, 16) == 0,
		"the same");
	for (size_t n = 0; n < sizeof(octets); n++)
		taken += segment_head_decode(str_make(octets, n), &out) == ERR_OK;
	for (size_t bit = 0; bit < sizeof(octets) * 8; bit++) {
		octets[bit / 8] ^= (char)(1 << bit % 8);
		taken += segment_head_decode(str_make(octets, sizeof(octets)), &out) == ERR_OK;
		octets[bit / 8] ^= (char)(1 << bit % 8);
	}
	IS_NUM(taken, 0);
	OK(segment_number("journal-0000000012", &number) && number == 12, "a name");
	OK(!segment_number("journal-12", &number) &&
			!segment_number("journal-000000001x", &number) &&
			!segment_number("journal-9999999999", &number) &&
			!segment_number("index", &number) &&
			!segment_number("journal-0000000000", &number),
		"no names");
}

static void test_table(void)
{
	struct table t;
	uint64_t state = 5;
	unsigned wrong = 0, there[1000] = { 0 }, count = 0;
	struct table_row *row;

	table_init(&t);
	for (unsigned i = 1; i < 20000; i++) {
		unsigned n;
		char key[8];
		struct str k;

		state = state * 6364136223846793005u + 1442695040888963407u;
		n = (unsigned)(state >> 40) % 1000;
		snprintf(key, sizeof(key), "%u", n);
		k = str_from_c(key);
		wrong += (table_find(&t, n % 3, k) != NULL) != (there[n] != 0);
		if ((state >> 33) % 2 == 0) {
			table_put(&t, n % 3, k, k)->number = i;
			there[n] = i;
		} else {
			wrong += table_del(&t, n % 3, k) != (there[n] != 0);
			there[n] = 0;
		}
	}
	row = table_seek(&t, 0, STR_NONE);
	for (struct table_row *before = NULL; row != NULL; before = row, row = table_after(row)) {
		uint64_t n = 0;

		wrong += before != NULL && (before->shard > row->shard ||
						   (before->shard == row->shard &&
							   str_cmp(before->key, row->key) >= 0));
		wrong += !str_u64(row->key, 999, &n) || there[n] != row->number;
		count++;
	}
	IS_NUM(wrong, 0);
	IS_NUM(count, t.count);
	table_done(&t);
}

int main(void)
{
	test_round_trip();
	test_prefixes();
	test_bad();
	test_head();
	test_segment_head();
	test_table();
	return tap_done();
}
