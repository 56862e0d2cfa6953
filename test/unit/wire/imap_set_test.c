#include "wire/imap_set.h"

#include "exact.h"
#include "tap.h"

static struct arena arena;

struct row {
	struct str in;
	uint32_t star;
	enum err want;
	struct str out;
	uint64_t size;
};

static const struct row rows[] = {
	{ S_INIT("1"), 9, ERR_OK, S_INIT("1"), 1 },
	{ S_INIT("1,2,3"), 9, ERR_OK, S_INIT("1:3"), 3 },
	{ S_INIT("5,1:3,2:4"), 9, ERR_OK, S_INIT("1:5"), 5 },
	{ S_INIT("4:2,9"), 9, ERR_OK, S_INIT("2:4,9"), 4 },
	{ S_INIT("*"), 9, ERR_OK, S_INIT("9"), 1 },
	{ S_INIT("*:*"), 9, ERR_OK, S_INIT("9"), 1 },
	{ S_INIT("3:*"), 9, ERR_OK, S_INIT("3:9"), 7 },
	{ S_INIT("*:3"), 9, ERR_OK, S_INIT("3:9"), 7 },
	{ S_INIT("20:*"), 9, ERR_OK, S_INIT("9:20"), 12 },
	{ S_INIT("*"), 0, ERR_OK, S_INIT(""), 0 },
	{ S_INIT("1:*,4"), 0, ERR_OK, S_INIT("4"), 1 },
	{ S_INIT("1:4294967295"), 9, ERR_OK, S_INIT("1:4294967295"), 4294967295u },
	{ S_INIT("4294967295,1:4294967294"), 9, ERR_OK, S_INIT("1:4294967295"), 4294967295u },
	{ S_INIT("0"), 9, ERR_SYNTAX, S_INIT(""), 0 },
	{ S_INIT("01"), 9, ERR_SYNTAX, S_INIT(""), 0 },
	{ S_INIT("0:4"), 9, ERR_SYNTAX, S_INIT(""), 0 },
	{ S_INIT("4294967296"), 9, ERR_SYNTAX, S_INIT(""), 0 },
	{ S_INIT(""), 9, ERR_SYNTAX, S_INIT(""), 0 },
	{ S_INIT("1,"), 9, ERR_SYNTAX, S_INIT(""), 0 },
	{ S_INIT(",1"), 9, ERR_SYNTAX, S_INIT(""), 0 },
	{ S_INIT("1:"), 9, ERR_SYNTAX, S_INIT(""), 0 },
	{ S_INIT("1:2:3"), 9, ERR_SYNTAX, S_INIT(""), 0 },
	{ S_INIT("-1"), 9, ERR_SYNTAX, S_INIT(""), 0 },
	{ S_INIT("a"), 9, ERR_SYNTAX, S_INIT(""), 0 },
	{ S_INIT("$"), 9, ERR_OK, S_INIT(""), 0 },
	{ S_INIT("$,3,5:*"), 9, ERR_OK, S_INIT("3,5:9"), 6 },
	{ S_INIT("$:3"), 9, ERR_SYNTAX, S_INIT(""), 0 },
	{ S_INIT("$$"), 9, ERR_SYNTAX, S_INIT(""), 0 },
};

static void each(const struct row *row)
{
	struct str in = exact(row->in);
	struct imap_set set;
	enum err e = imap_set_get(&arena, in, &set);
	struct buf b;

	OK(e == row->want, "%.*s: %s", STR_FMT(row->in), err_name(e));
	exact_free(in);
	if (e != ERR_OK)
		return;
	imap_set_resolve(&set, row->star);
	imap_set_resolve(&set, 77);
	buf_init(&b, 1024);
	imap_set_put(&b, &set);
	IS_STR(buf_str(&b), row->out);
	IS_NUM(imap_set_size(&set), row->size);
	buf_done(&b);
}

static void has(void)
{
	struct imap_set set;

	OK(imap_set_get(&arena, S("2:4,7,9:10"), &set) == ERR_OK, "a set");
	for (uint32_t n = 0; n < 12; n++)
		OK(imap_set_has(&set, n) == ((n >= 2 && n <= 4) || n == 7 || n == 9 || n == 10),
			"%u", n);
}

static void caps(void)
{
	struct buf b;
	struct imap_set set;
	struct arena tiny;

	buf_init(&b, 1 << 20);
	for (unsigned i = 0; i < IMAP_SET_ITEMS_MAX; i++)
		buf_printf(&b, "%s%u", i > 0 ? "," : "", 20000 - 2 * i);
	OK(imap_set_get(&arena, buf_str(&b), &set) == ERR_OK && set.count == IMAP_SET_ITEMS_MAX,
		"ten thousand items");
	arena_init(&tiny, 4096);
	OK(imap_set_get(&tiny, buf_str(&b), &set) == ERR_LIMIT, "more than the arena has");
	arena_done(&tiny);
	buf_put(&b, S(",7"));
	OK(imap_set_get(&arena, buf_str(&b), &set) == ERR_LIMIT, "one more");
	buf_done(&b);
}

static void numbers(void)
{
	static const uint32_t n[] = { 1, 2, 3, 7, 9, 10 };
	struct buf b;

	buf_init(&b, 1024);
	imap_set_put_numbers(&b, n, 6);
	IS_STR(buf_str(&b), S("1:3,7,9:10"));
	buf_clear(&b);
	imap_set_put_numbers(&b, n, 0);
	IS_NUM(b.len, 0);
	buf_done(&b);
}

/* What "$" stands for comes in later. */
static void joins(void)
{
	static const struct imap_range more[] = { { 10, 12 }, { 2, 4 } };
	struct imap_set set;
	struct buf b;

	buf_init(&b, 1024);
	OK(imap_set_get(&arena, S("5,$,20"), &set) == ERR_OK && set.saved, "a saved result in a set");
	OK(imap_set_join(&arena, &set, more, 2) == ERR_OK && !set.saved, "joined");
	imap_set_put(&b, &set);
	IS_STR(buf_str(&b), S("2:5,10:12,20"));
	OK(imap_set_get(&arena, S("$"), &set) == ERR_OK && set.saved, "alone");
	OK(imap_set_join(&arena, &set, NULL, 0) == ERR_OK && set.count == 0, "nothing was saved");
	OK(!imap_set_has(&set, 1), "and nothing is in it");
	buf_done(&b);
}

static void meets(struct str a, struct str b, struct str want)
{
	struct imap_set x, y;
	struct buf out;

	buf_init(&out, 1024);
	must(imap_set_get(&arena, a, &x) == ERR_OK && imap_set_get(&arena, b, &y) == ERR_OK);
	OK(imap_set_meet(&arena, &x, &y) == ERR_OK, "met");
	imap_set_put(&out, &x);
	IS_STR(buf_str(&out), want);
	buf_done(&out);
}

static void met(void)
{
	meets(S("1:5"), S("3:9"), S("3:5"));
	meets(S("3:9"), S("1:5"), S("3:5"));
	meets(S("1:4294967295"), S("2,4:6,4294967295"), S("2,4:6,4294967295"));
	meets(S("1:3,7:9,12"), S("3:7,9:20"), S("3,7,9,12"));
	meets(S("1:3"), S("4:6"), S(""));
	meets(S("$"), S("4:6"), S(""));
	meets(S("5"), S("5"), S("5"));
}

int main(void)
{
	arena_init(&arena, ARENA_NONE);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		each(&rows[i]);
	has();
	caps();
	numbers();
	joins();
	met();
	arena_done(&arena);
	return tap_done();
}
