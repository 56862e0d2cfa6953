/* The stored form of a blob: every range, every octet damaged, how often its file is asked. */
#include "kv/blob.h"

#include "base/mem.h"
#include "kv/compress.h"
#include "kv/pieces.h"
#include "kv/record.h"
#include "tap.h"

struct shelf {
	struct str stored;
	unsigned reads;
	uint64_t fails_at; /* octet whose reading fails; UINT64_MAX: none */
};

static enum err shelf_read(void *arg, uint64_t from, char *to, size_t len)
{
	struct shelf *s = arg;

	s->reads++;
	if (from > s->stored.len || len > s->stored.len - from)
		return ERR_CORRUPT;
	if (s->fails_at >= from && s->fails_at - from < len)
		return ERR_IO;
	memcpy(to, s->stored.at + from, len);
	return ERR_OK;
}

struct stand {
	struct buf plain, op;
	struct compress *compress;
	struct shelf shelf;
	struct blob_source source;
};

static void stand_init(struct stand *s, size_t octets, bool packs)
{
	struct record_walk walk;
	struct record_op op;
	uint32_t state = 7;

	*s = (struct stand){ .compress = compress_new(NULL, NULL) };
	compress_pack(s->compress, packs);
	buf_init(&s->plain, 4 << 20);
	buf_init(&s->op, 4 << 20);
	for (size_t i = 0; i < octets; i++) {
		state = state * 1664525u + 1013904223u;
		buf_put_octet(&s->plain, "abcdefgh ijk\r\n"[(state >> 24) % 14]);
	}
	blob_write(&s->op, (struct kv_blob_row){ .id = 5, .count = 1 }, buf_str(&s->plain), s->compress);
	walk = record_walk(buf_str(&s->op));
	must(record_next(&walk, &op) && op.kind == RECORD_BLOB);
	s->shelf = (struct shelf){ .stored = op.value, .fails_at = UINT64_MAX };
	s->source = (struct blob_source){ .read = shelf_read,
		.arg = &s->shelf,
		.id = op.blob,
		.octets = op.octets,
		.stored = op.value.len,
		.unpacking = compress_unpacking(s->compress, op.dict) };
}

static void stand_done(struct stand *s)
{
	compress_free(s->compress);
	buf_done(&s->plain);
	buf_done(&s->op);
}

static bool range_right(struct stand *s, uint64_t from, uint64_t len)
{
	struct buf out;
	bool is;

	buf_init(&out, 4 << 20);
	buf_put(&out, S("before"));
	is = blob_range(&s->source, from, len, &out) == ERR_OK && str_starts(buf_str(&out), S("before")) &&
	     str_eq(str_skip(buf_str(&out), 6), str_sub(buf_str(&s->plain), (size_t)from, (size_t)len));
	buf_done(&out);
	return is;
}

static void test_ranges(size_t octets, bool packs)
{
	const uint64_t at[] = { 0, 1, 100, octets / 2, BLOB_PIECE_OCTETS - 1, BLOB_PIECE_OCTETS, BLOB_PIECE_OCTETS + 1,
		2 * BLOB_PIECE_OCTETS, octets - 1 };
	struct stand s;
	unsigned wrong = 0;

	stand_init(&s, octets, packs);
	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		for (size_t k = 0; k < sizeof(at) / sizeof(at[0]) && at[i] < octets; k++)
			wrong += !range_right(&s, at[i], at[k]);
		wrong += at[i] < octets && !range_right(&s, at[i], octets);
	}
	OK(wrong == 0, "%zu octets, packed %d: %u ranges are wrong", octets, packs, wrong);
	s.shelf.reads = 0;
	OK(range_right(&s, 0, octets), "all of it");
	IS_NUM(s.shelf.reads, octets <= BLOB_PIECE_OCTETS ? 1 : 1 + (octets - 1) / BLOB_PIECE_OCTETS + 1);
	stand_done(&s);
}

/* Whatever stands in `out` stays as it is. */
static bool refused(struct stand *s, uint64_t from, uint64_t len, enum err want, size_t ceiling)
{
	struct buf out;
	bool is;

	buf_init(&out, ceiling);
	buf_put(&out, S("before"));
	is = blob_range(&s->source, from, len, &out) == want && str_eq(buf_str(&out), S("before"));
	buf_done(&out);
	return is;
}

static void test_damage(bool packs)
{
	struct stand s;
	unsigned unseen = 0;

	stand_init(&s, 3000, packs);
	for (size_t i = 0; i < s.shelf.stored.len; i++) {
		char *at = (char *)(uintptr_t)s.shelf.stored.at + i;

		*at ^= 0x10;
		unseen += !refused(&s, 0, 3000, ERR_CORRUPT, 4096);
		unseen += !refused(&s, 10, 100, ERR_CORRUPT, 4096);
		*at ^= 0x10;
	}
	OK(unseen == 0, "packed %d: %u damages are not seen", packs, unseen);
	OK(refused(&s, 0, 3000, ERR_TOOBIG, 3005), "no more than the ceiling");
	OK(refused(&s, 1, 2999, ERR_TOOBIG, 3004), "nor of a part");
	s.shelf.fails_at = s.shelf.stored.len - 1;
	OK(refused(&s, 0, 3000, ERR_IO, 4096), "the file cannot be read");
	s.source.stored--;
	s.shelf.fails_at = UINT64_MAX;
	OK(refused(&s, 0, 3000, ERR_CORRUPT, 4096), "too short");
	s.source.stored = 4;
	OK(refused(&s, 0, 3000, ERR_CORRUPT, 4096), "no room for the table");
	stand_done(&s);
}

/* The damage stands in the second piece of three: what came before it is taken back. */
static void test_middle(void)
{
	struct stand s;

	stand_init(&s, 3 * BLOB_PIECE_OCTETS, false);
	*(char *)(uintptr_t)(s.shelf.stored.at + 24 + BLOB_PIECE_OCTETS + 7) ^= 1;
	OK(refused(&s, 0, UINT64_MAX, ERR_CORRUPT, 4 << 20), "damage in the middle");
	OK(range_right(&s, 0, BLOB_PIECE_OCTETS), "the piece before it");
	OK(range_right(&s, 2 * BLOB_PIECE_OCTETS + 5, 1000), "the piece behind it");
	stand_done(&s);
}

/* Read in parts, a piece is unpacked once, and nothing is held when its end was read. */
static void test_parts(size_t octets)
{
	size_t pieces = (octets + BLOB_PIECE_OCTETS - 1) / BLOB_PIECE_OCTETS;
	struct stand s;
	struct str known;
	unsigned wrong = 0, calls = 0;

	stand_init(&s, octets, true);
	s.source.pieces = pieces_new();
	for (size_t at = 0; at < octets; at += 10000, calls++)
		wrong += !range_right(&s, at, 10000);
	OK(wrong == 0, "%zu octets: %u parts are wrong", octets, wrong);
	/* The table is read by each call, but for the first of a blob that is one piece. */
	IS_NUM(s.shelf.reads, calls + (pieces == 1 ? 0 : pieces));
	for (size_t i = 0; i < pieces; i++)
		OK(!pieces_get(s.source.pieces, 5, i, &known), "piece %zu is forgotten", i);
	OK(range_right(&s, 7, 10) && range_right(&s, 0, octets) && range_right(&s, 3, octets), "out of order");
	pieces_free(s.source.pieces);
	stand_done(&s);
}

/* What is damaged is not kept, and damage is seen again by whoever begins anew. */
static void test_parts_damaged(void)
{
	struct stand s;
	char *at;

	stand_init(&s, 100000, true);
	s.source.pieces = pieces_new();
	at = (char *)(uintptr_t)s.shelf.stored.at + s.shelf.stored.len - 1;
	*at ^= 1;
	OK(refused(&s, 0, 1000, ERR_CORRUPT, 4096), "damaged");
	OK(refused(&s, 1000, 1000, ERR_CORRUPT, 4096), "still");
	*at ^= 1;
	OK(range_right(&s, 0, 1000), "sound");
	OK(refused(&s, 1000, 3000, ERR_TOOBIG, 3005), "ceiling");
	*at ^= 1;
	OK(range_right(&s, 1000, 99000), "the rest of what was found sound");
	OK(refused(&s, 0, 1000, ERR_CORRUPT, 4096), "damaged again");
	pieces_free(s.source.pieces);
	stand_done(&s);
}

static bool take(struct pieces *p, kv_blob id, size_t octets)
{
	char *at = mem_resize(NULL, octets);
	bool taken;

	memset(at, (int)id, octets);
	taken = pieces_take(p, id, 3, str_make(at, octets));
	if (!taken)
		mem_free(at);
	return taken;
}

static void test_bound(void)
{
	struct pieces *p = pieces_new();
	struct str plain;
	unsigned here = 0;

	OK(!take(p, 1, PIECES_OCTETS_MIN - 1) && !pieces_get(p, 1, 3, &plain), "too small to be kept");
	for (kv_blob id = 1; id <= 2 * PIECES_MAX; id++) {
		OK(take(p, id, PIECES_OCTETS_MIN), "taken");
		OK(pieces_get(p, 1, 3, &plain) && plain.at[0] == 1, "what is asked for stays");
	}
	for (kv_blob id = 1; id <= 2 * PIECES_MAX; id++)
		here += pieces_get(p, id, 3, &plain) && plain.at[9] == (char)id;
	IS_NUM(here, PIECES_MAX);
	OK(!pieces_get(p, 1, 2, &plain), "another piece");
	pieces_drop(p, 1, 3);
	pieces_drop(p, 1, 3);
	OK(!pieces_get(p, 1, 3, &plain), "dropped");
	OK(!pieces_get(NULL, 1, 3, &plain) && !take(NULL, 1, PIECES_OCTETS_MIN), "none");
	pieces_drop(NULL, 1, 3);
	pieces_free(p);
}

int main(void)
{
	test_parts(60001);
	test_parts(BLOB_PIECE_OCTETS);
	test_parts(3 * BLOB_PIECE_OCTETS - 77);
	test_parts_damaged();
	test_bound();
	for (int packs = 0; packs < 2; packs++) {
		test_ranges(1, packs);
		test_ranges(4000, packs);
		test_ranges(BLOB_PIECE_OCTETS, packs);
		test_ranges(BLOB_PIECE_OCTETS + 1, packs);
		test_ranges(3 * BLOB_PIECE_OCTETS - 5, packs);
		test_damage(packs);
	}
	test_middle();
	return tap_done();
}
