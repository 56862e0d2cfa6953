/* RFC 5255 sections 3.2, 3.3 and 3.5: the arguments of LANGUAGE and the response to it. */
#include "wire/imap_language.h"

#include "exact.h"
#include "tap.h"

static const struct {
	struct str in;
	enum err want, none;
	enum language chosen;
	bool asked;
} rows[] = {
	{ S_INIT(""), ERR_OK, ERR_UNSUPPORTED, LANGUAGE_EN, false },
	{ S_INIT(" DE"), ERR_OK, ERR_OK, LANGUAGE_DE, true },
	{ S_INIT(" \"de-AT\""), ERR_OK, ERR_OK, LANGUAGE_DE, true },
	{ S_INIT(" {2+}\r\nde"), ERR_OK, ERR_OK, LANGUAGE_DE, true },
	{ S_INIT(" fr-CA de-CH en"), ERR_OK, ERR_OK, LANGUAGE_DE, true },
	{ S_INIT(" i-default de"), ERR_OK, ERR_OK, LANGUAGE_I_DEFAULT, true },
	{ S_INIT(" MUL fr"), ERR_OK, ERR_UNSUPPORTED, LANGUAGE_EN, true },
	{ S_INIT(" \"DEFAULT\""), ERR_OK, ERR_OK, LANGUAGE_EN, true },
	{ S_INIT(" fr default de"), ERR_OK, ERR_OK, LANGUAGE_EN, true },
	{ S_INIT(" \"*\""), ERR_OK, ERR_OK, LANGUAGE_EN, true },
	{ S_INIT(" \"*\" de"), ERR_OK, ERR_OK, LANGUAGE_DE, true },
	{ S_INIT(" fr \"*-CH\""), ERR_OK, ERR_OK, LANGUAGE_EN, true },
	{ S_INIT(" *"), ERR_SYNTAX, 0, 0, false },
	{ S_INIT(" de "), ERR_SYNTAX, 0, 0, false },
	{ S_INIT(" \"\""), ERR_SYNTAX, 0, 0, false },
	{ S_INIT(" de_AT"), ERR_SYNTAX, 0, 0, false },
	{ S_INIT(" (de)"), ERR_SYNTAX, 0, 0, false },
	{ S_INIT(" de fr-verylongsubtag"), ERR_SYNTAX, 0, 0, false },
	{ S_INIT("de"), ERR_SYNTAX, 0, 0, false },
};

static void test_rows(void)
{
	struct arena arena;

	arena_init(&arena, ARENA_NONE);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct str in = exact(rows[i].in);
		struct imap_language l;
		struct imap_args args;
		enum err e;

		imap_args_init(&args, &arena, in);
		imap_arg_language(&args, LANGUAGE_EN, &l);
		e = imap_args_end(&args);
		IS_NUM(e, rows[i].want);
		OK(e != ERR_OK || (l.none == rows[i].none && l.chosen == rows[i].chosen && l.asked == rows[i].asked), "row %zu", i);
		exact_free(in);
	}
	arena_done(&arena);
}

/* Cut anywhere nothing is read that is not there. */
static void test_cuts(void)
{
	static const struct str whole = S_INIT(" \"fr-CA\" {2+}\r\nde i-default");
	struct arena arena;

	arena_init(&arena, ARENA_NONE);
	for (size_t n = 1; n < whole.len; n++) {
		struct str in = exact(str_sub(whole, 0, n));
		struct imap_language l;
		struct imap_args args;
		enum err e;

		imap_args_init(&args, &arena, in);
		imap_arg_language(&args, LANGUAGE_EN, &l);
		e = imap_args_end(&args);
		OK(e == ERR_SYNTAX || (e == ERR_OK && l.asked), "cut at %zu", n);
		exact_free(in);
	}
	arena_done(&arena);
}

static void test_many(void)
{
	struct arena arena;
	struct buf b;
	struct imap_language l;
	struct imap_args args;

	arena_init(&arena, ARENA_NONE);
	buf_init(&b, BUF_NO_CEILING);
	for (unsigned n = 0; n < 100; n++)
		buf_put_c(&b, " fr");
	imap_args_init(&args, &arena, buf_str(&b));
	imap_arg_language(&args, LANGUAGE_EN, &l);
	IS_NUM(imap_args_end(&args), ERR_OK);
	buf_put_c(&b, " de");
	imap_args_init(&args, &arena, buf_str(&b));
	imap_arg_language(&args, LANGUAGE_EN, &l);
	IS_NUM(imap_args_end(&args), ERR_LIMIT);
	buf_clear(&b);
	imap_put_language(&b, LANGUAGE_DE);
	imap_put_languages(&b);
	IS_STR(buf_str(&b), S("* LANGUAGE (de)\r\n* LANGUAGE (i-default en de)\r\n"));
	buf_done(&b);
	arena_done(&arena);
}

int main(void)
{
	test_rows();
	test_cuts();
	test_many();
	return tap_done();
}
