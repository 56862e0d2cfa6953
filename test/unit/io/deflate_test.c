/* Packing and unpacking: every cut of the input, windows that are taken away, bounded output, ends, and what is no DEFLATE. */
#include "io/deflate.h"

#include <malloc.h>

#include "base/mem.h"
#include "tap.h"

static void pattern(struct buf *to, size_t octets, unsigned kinds)
{
	for (size_t i = 0; i < octets; i++)
		buf_put_octet(to, (char)((i * 2654435761u >> 11) % kinds));
}

static void pack_all(struct deflate *d, struct str from, struct buf *to)
{
	while (from.len > 0)
		from = str_skip(from, deflate_pack(d, from, to));
}

/* Unpacks in pieces of `step` octets. */
static enum err unpack_all(struct deflate *d, struct str from, size_t step, struct buf *to)
{
	enum err e = ERR_OK;
	size_t used;

	while (from.len > 0 && e == ERR_OK) {
		size_t before = to->len;

		e = deflate_unpack(d, str_sub(from, 0, step), to, &used);
		if (used == 0 && to->len == before)
			break;
		from = str_skip(from, used);
	}
	return e;
}

static void test_there_and_back(size_t octets, unsigned kinds, size_t step)
{
	struct deflate *ours = deflate_new(), *theirs = deflate_new();
	struct buf sent, packed, got;

	buf_init(&sent, BUF_NO_CEILING);
	buf_init(&packed, BUF_NO_CEILING);
	buf_init(&got, BUF_NO_CEILING);
	pattern(&sent, octets, kinds);
	pack_all(ours, buf_str(&sent), &packed);
	OK(unpack_all(theirs, buf_str(&packed), step, &got) == ERR_OK && str_eq(buf_str(&got), buf_str(&sent)),
		"%zu octets, %zu at a time: all are there", octets, step);
	OK(packed.len <= octets + octets / 100 + 64, "%zu octets of %u kinds became %zu", octets, kinds, packed.len);
	deflate_put_end(&packed);
	OK(unpack_all(theirs, str_skip(buf_str(&packed), packed.len - 2), step, &got) == ERR_NOTFOUND, "and the end is seen");
	deflate_free(ours);
	deflate_free(theirs);
	buf_done(&sent);
	buf_done(&packed);
	buf_done(&got);
}

#define CROWD (2 * DEFLATE_PACKERS_MAX + 1)

/* More streams than windows, in turn: each is understood by its own peer. */
static void test_crowd(void)
{
	struct deflate *ours[CROWD], *theirs[CROWD];
	struct buf packed, got;
	bool same = true;

	buf_init(&packed, BUF_NO_CEILING);
	buf_init(&got, BUF_NO_CEILING);
	for (size_t i = 0; i < CROWD; i++) {
		ours[i] = deflate_new();
		theirs[i] = deflate_new();
	}
	for (size_t n = 0; n < 10 * CROWD; n++) {
		size_t i = n * 7 % CROWD;

		buf_clear(&packed);
		buf_clear(&got);
		pack_all(ours[i], S("the same sentence for everybody, again and again"), &packed);
		same = same && unpack_all(theirs[i], buf_str(&packed), 1000, &got) == ERR_OK &&
		       str_eq(buf_str(&got), S("the same sentence for everybody, again and again"));
	}
	OK(same, "every stream is whole");
	IS_NUM(deflate_packers(), DEFLATE_PACKERS_MAX);
	for (size_t i = 0; i < CROWD; i++) {
		deflate_free(ours[i]);
		deflate_free(theirs[i]);
	}
	IS_NUM(deflate_packers(), 0);
	buf_done(&packed);
	buf_done(&got);
}

/* Room is the owner's: a thousandfold answer waits in a few octets. */
static void test_bomb(void)
{
	struct deflate *ours = deflate_new(), *theirs = deflate_new();
	struct buf sent, packed, got;
	struct str rest;
	size_t used, all = 0;
	bool fits = true;

	buf_init(&sent, BUF_NO_CEILING);
	buf_init(&packed, BUF_NO_CEILING);
	buf_init(&got, 1000);
	pattern(&sent, (size_t)4 << 20, 1);
	pack_all(ours, buf_str(&sent), &packed);
	OK(packed.len < sent.len / 200, "%zu octets in %zu", sent.len, packed.len);
	rest = buf_str(&packed);
	do {
		buf_clear(&got);
		must(deflate_unpack(theirs, rest, &got, &used) == ERR_OK);
		fits = fits && got.len <= 1000 && !buf_overflowed(&got);
		rest = str_skip(rest, used);
		all += got.len;
	} while (used > 0 || got.len > 0);
	OK(fits, "never more than there is room for");
	IS_NUM(all, sent.len);
	deflate_free(ours);
	deflate_free(theirs);
	buf_done(&sent);
	buf_done(&packed);
	buf_done(&got);
}

/* What follows a flush stays where it is until what was before it has been taken. */
static void test_stops_at_a_flush(void)
{
	struct deflate *ours = deflate_new(), *theirs = deflate_new();
	struct buf packed, got;
	struct str rest;
	size_t used;

	buf_init(&packed, BUF_NO_CEILING);
	buf_init(&got, BUF_NO_CEILING);
	pack_all(ours, S("first"), &packed);
	pack_all(ours, S("second"), &packed);
	buf_put(&packed, S("clear"));
	rest = buf_str(&packed);
	IS_NUM(deflate_unpack(theirs, rest, &got, &used), ERR_OK);
	IS_STR(buf_str(&got), S("first"));
	rest = str_skip(rest, used);
	IS_NUM(deflate_unpack(theirs, rest, &got, &used), ERR_OK);
	IS_STR(buf_str(&got), S("firstsecond"));
	IS_STR(str_skip(rest, used), S("clear"));
	deflate_free(ours);
	deflate_free(theirs);
	buf_done(&packed);
	buf_done(&got);
}

static void test_wrong(void)
{
	struct deflate *d = deflate_new();
	struct buf got;
	size_t used;

	buf_init(&got, BUF_NO_CEILING);
	IS_NUM(deflate_unpack(d, S("\xff\xff\xff\xff"), &got, &used), ERR_SYNTAX);
	IS_NUM(deflate_unpack(d, S("\x03\x00"), &got, &used), ERR_SYNTAX);
	IS_NUM(used + got.len, 0);
	deflate_free(d);
	d = deflate_new();
	IS_NUM(deflate_unpack(d, S("\x03\x00tail"), &got, &used), ERR_NOTFOUND);
	IS_NUM(used, 2);
	IS_NUM(deflate_unpack(d, S("more"), &got, &used), ERR_NOTFOUND);
	IS_NUM(used, 0);
	deflate_free(d);
	deflate_free(NULL);
	buf_done(&got);
}

/* What doc/budgets.md says; a sanitizer's allocator counts nothing. */
static void test_memory(void)
{
	struct buf packed, got;
	struct deflate *ours, *theirs;
	size_t before, packs, unpacks;

	buf_init(&packed, BUF_NO_CEILING);
	buf_init(&got, BUF_NO_CEILING);
	pattern(&got, 200000, 256);
	must(buf_room(&packed, 400000) != NULL && buf_room(&got, 400000) != NULL);
	before = mallinfo2().uordblks;
	ours = deflate_new();
	pack_all(ours, buf_str(&got), &packed);
	packs = mallinfo2().uordblks - before;
	buf_clear(&got);
	before = mallinfo2().uordblks;
	theirs = deflate_new();
	must(unpack_all(theirs, buf_str(&packed), 1000, &got) == ERR_OK);
	unpacks = mallinfo2().uordblks - before;
	OK(unpacks <= DEFLATE_IN_OCTETS_MAX, "%zu octets for unpacking", unpacks);
	OK(packs <= DEFLATE_PACKER_OCTETS + 16384, "%zu octets with a window for packing", packs);
	deflate_free(ours);
	deflate_free(theirs);
	buf_done(&packed);
	buf_done(&got);
}

int main(void)
{
	static const size_t steps[] = { 1, 7, 1000, 1 << 20 };

	for (size_t i = 0; i < 4; i++) {
		test_there_and_back(1, 256, steps[i]);
		test_there_and_back(200000, 256, steps[i]);
		test_there_and_back(200000, 3, steps[i]);
	}
	test_memory();
	test_crowd();
	test_bomb();
	test_stops_at_a_flush();
	test_wrong();
	return tap_done();
}
