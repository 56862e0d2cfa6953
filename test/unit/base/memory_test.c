#include "base/arena.h"
#include "base/buf.h"
#include "tap.h"

static void test_arena(void)
{
	struct arena a;
	char *first, *second;

	arena_init(&a, 1024);
	first = arena_take(&a, 100);
	second = arena_take(&a, 1);
	OK(((uintptr_t)first & 15) == 0 && ((uintptr_t)second & 15) == 0, "aligned to 16");
	OK(first[0] == 0 && first[99] == 0, "zeroed");
	memset(first, 'x', 100);
	OK(second[0] == 0, "pieces do not overlap");
	OK(arena_try(&a, 2000) == NULL, "the ceiling is an ordinary error");
	OK(arena_try(&a, SIZE_MAX) == NULL, "no overflow in the sum");
	IS_STR(arena_str(&a, S("kept")), S("kept"));
	IS_STR(arena_printf(&a, "%d-%s", 7, "x"), S("7-x"));
	arena_clear(&a);
	OK(a.used == 0 && a.held > 0, "clear keeps one chunk");
	first = arena_take(&a, 512);
	OK(first[0] == 0 && first[511] == 0, "zeroed again after clear");
	arena_done(&a);
	IS_NUM(a.held, 0);
}

static void test_many_chunks(void)
{
	struct arena a;
	bool good = true;

	arena_init(&a, ARENA_NONE);
	for (int i = 0; i < 10000; i++) {
		char *at = arena_take(&a, (size_t)(i % 700));

		for (int j = 0; j < i % 700; j++)
			good = good && at[j] == 0;
		memset(at, 0xff, (size_t)(i % 700));
	}
	OK(good, "10,000 pieces, each zeroed");
	arena_done(&a);
}

static void test_buf(void)
{
	struct buf b;

	buf_init(&b, 10);
	buf_put(&b, S("hello"));
	buf_put_u64(&b, 42);
	IS_STR(buf_str(&b), S("hello42"));
	buf_drop(&b, 5);
	IS_STR(buf_str(&b), S("42"));
	buf_put(&b, S("123456789"));
	OK(buf_overflowed(&b), "over the ceiling");
	buf_put(&b, S("x"));
	IS_STR(buf_str(&b), S("42"));
	buf_clear(&b);
	OK(!buf_overflowed(&b), "clear forgives");
	buf_put_u64(&b, 0);
	buf_put_u64(&b, 987654321);
	IS_STR(buf_str(&b), S("0987654321"));
	buf_clear(&b);
	buf_shrink(&b);
	IS_NUM(b.held, 0);
	buf_done(&b);
	buf_init(&b, BUF_NO_CEILING);
	buf_put_u64(&b, UINT64_MAX);
	buf_printf(&b, "/%s", "y");
	IS_STR(buf_str(&b), S("18446744073709551615/y"));
	buf_done(&b);
}

/* It may be used again, as after buf_done, and one that never held anything may be wiped. */
static void test_wipe(void)
{
	struct buf b;

	buf_init(&b, 8);
	buf_wipe(&b);
	buf_put(&b, S("secret"));
	buf_wipe(&b);
	OK(b.at == NULL && b.len == 0 && b.held == 0, "nothing is held");
	IS_NUM(b.ceiling, 8);
	buf_put(&b, S("again"));
	IS_STR(buf_str(&b), S("again"));
	buf_done(&b);
}

int main(void)
{
	test_arena();
	test_many_chunks();
	test_buf();
	test_wipe();
	return tap_done();
}
