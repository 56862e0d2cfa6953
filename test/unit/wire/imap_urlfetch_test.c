/* RFC 5524 sections 3.1 and 5, RFC 4467 section 9: the arguments of URLFETCH. */
#include "wire/imap_urlfetch.h"

#include "exact.h"
#include "tap.h"

#define B IMAP_URLFETCH_BODY
#define D IMAP_URLFETCH_BINARY
#define P IMAP_URLFETCH_STRUCTURE

static const struct {
	struct str in;
	enum err want;
	size_t count;
	unsigned items[3];
} rows[] = {
	{ S_INIT(" a"), ERR_OK, 1, { 0 } },
	{ S_INIT(" \"a\" {1+}\r\na a"), ERR_OK, 3, { 0, 0, 0 } },
	{ S_INIT(" (a)"), ERR_OK, 1, { 0 } },
	{ S_INIT(" (a body) (\"a\" Binary) (a BODYPARTSTRUCTURE)"), ERR_OK, 3, { B, D, P } },
	{ S_INIT(" (a BODYPARTSTRUCTURE BINARY) a (a BODY BODYPARTSTRUCTURE)"), ERR_OK, 3, { P | D, 0, B | P } },
	{ S_INIT(" (a BINARY BODY)"), ERR_SYNTAX, 0, { 0 } },
	{ S_INIT(" (a BODY BODYPARTSTRUCTURE BINARY)"), ERR_SYNTAX, 0, { 0 } },
	{ S_INIT(" (a BODY BODY)"), ERR_SYNTAX, 0, { 0 } },
	{ S_INIT(" (a BODYPARTSTRUCTURE BODYPARTSTRUCTURE)"), ERR_SYNTAX, 0, { 0 } },
	{ S_INIT(" (a CONVERT)"), ERR_PARAMETER, 0, { 0 } },
	{ S_INIT(" (a \"BODY\")"), ERR_SYNTAX, 0, { 0 } },
	{ S_INIT(" (a BODY )"), ERR_SYNTAX, 0, { 0 } },
	{ S_INIT(" (a  BODY)"), ERR_SYNTAX, 0, { 0 } },
	{ S_INIT(" ( a BODY)"), ERR_SYNTAX, 0, { 0 } },
	{ S_INIT(" (BODY"), ERR_SYNTAX, 0, { 0 } },
	{ S_INIT(" ()"), ERR_SYNTAX, 0, { 0 } },
	{ S_INIT(" (a BODY)(a BODY)"), ERR_SYNTAX, 0, { 0 } },
	{ S_INIT(" ((a BODY))"), ERR_SYNTAX, 0, { 0 } },
	{ S_INIT(" a "), ERR_SYNTAX, 0, { 0 } },
	{ S_INIT(""), ERR_SYNTAX, 0, { 0 } },
};

static enum err read_from(struct arena *a, struct str in, struct imap_urlfetch *ret)
{
	struct imap_args args;

	imap_args_init(&args, a, in);
	imap_arg_urlfetch(&args, ret);
	return imap_args_end(&args);
}

static void test_rows(void)
{
	struct arena arena;

	arena_init(&arena, ARENA_NONE);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct str in = exact(rows[i].in);
		struct imap_urlfetch f;

		IS_NUM(read_from(&arena, in, &f), rows[i].want);
		OK(rows[i].want != ERR_OK || f.count == rows[i].count, "row %zu: %zu URLs", i, f.count);
		for (size_t n = 0; n < rows[i].count && n < f.count; n++)
			OK(f.of[n].items == rows[i].items[n] && str_eq(f.of[n].url, S("a")), "row %zu: URL %zu", i, n);
		exact_free(in);
		arena_clear(&arena);
	}
	arena_done(&arena);
}

/* Cut anywhere, nothing is read that is not there, and no item is made of half a word. */
static void test_cuts(void)
{
	static const struct str whole = S_INIT(" (\"a\" BINARY BODYPARTSTRUCTURE) ({1+}\r\na BODY)");
	struct arena arena;

	arena_init(&arena, ARENA_NONE);
	for (size_t n = 0; n < whole.len; n++) {
		struct str in = exact(str_sub(whole, 0, n));
		struct imap_urlfetch f;
		enum err e = read_from(&arena, in, &f);

		OK(e == ERR_SYNTAX || e == ERR_PARAMETER || (e == ERR_OK && f.count == 1 && f.of[0].items == (D | P)), "cut at %zu", n);
		exact_free(in);
		arena_clear(&arena);
	}
	arena_done(&arena);
}

static void test_many(void)
{
	struct arena arena;
	struct imap_urlfetch f;
	struct buf b;

	arena_init(&arena, ARENA_NONE);
	buf_init(&b, BUF_NO_CEILING);
	for (size_t n = 0; n < IMAP_URLFETCH_MAX; n++)
		buf_put_c(&b, " (a BODY)");
	IS_NUM(read_from(&arena, buf_str(&b), &f), ERR_OK);
	IS_NUM(f.count, IMAP_URLFETCH_MAX);
	buf_put_c(&b, " a");
	IS_NUM(read_from(&arena, buf_str(&b), &f), ERR_LIMIT);
	arena_done(&arena);
	arena_init(&arena, 100);
	IS_NUM(read_from(&arena, S(" a"), &f), ERR_LIMIT);
	arena_done(&arena);
	buf_done(&b);
}

int main(void)
{
	test_rows();
	test_cuts();
	test_many();
	return tap_done();
}
