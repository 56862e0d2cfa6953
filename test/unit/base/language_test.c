/* RFC 5255 section 3.2: language ranges and what is said in each language; RFC 4647 sections 2.2, 3.2 and 3.4. */
#include "base/language.h"

#include "base/utf8.h"
#include "tap.h"

static const struct {
	struct str range;
	enum err want;
	enum language language;
} ranges[] = {
	{ S_INIT("de"), ERR_OK, LANGUAGE_DE },
	{ S_INIT("DE"), ERR_OK, LANGUAGE_DE },
	{ S_INIT("en"), ERR_OK, LANGUAGE_EN },
	{ S_INIT("i-default"), ERR_OK, LANGUAGE_I_DEFAULT },
	{ S_INIT("I-DEFAULT-x-y"), ERR_OK, LANGUAGE_I_DEFAULT },
	{ S_INIT("de-AT"), ERR_OK, LANGUAGE_DE },
	{ S_INIT("de-CH-1996-x-shop"), ERR_OK, LANGUAGE_DE },
	{ S_INIT("de-*-DE"), ERR_OK, LANGUAGE_DE },
	{ S_INIT("de-*"), ERR_OK, LANGUAGE_DE },
	{ S_INIT("en-x-a"), ERR_OK, LANGUAGE_EN },
	{ S_INIT("*"), ERR_NEEDMORE, 0 },
	{ S_INIT("*-CH"), ERR_NEEDMORE, 0 },
	{ S_INIT("fr"), ERR_NOTFOUND, 0 },
	{ S_INIT("MUL"), ERR_NOTFOUND, 0 },
	{ S_INIT("i"), ERR_NOTFOUND, 0 },
	{ S_INIT("d"), ERR_NOTFOUND, 0 },
	{ S_INIT("default"), ERR_NOTFOUND, 0 },
	{ S_INIT("deutsch"), ERR_NOTFOUND, 0 },
	{ S_INIT("de-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a"), ERR_NOTFOUND, 0 },
	{ S_INIT(""), ERR_SYNTAX, 0 },
	{ S_INIT("-"), ERR_SYNTAX, 0 },
	{ S_INIT("de-"), ERR_SYNTAX, 0 },
	{ S_INIT("-de"), ERR_SYNTAX, 0 },
	{ S_INIT("de--at"), ERR_SYNTAX, 0 },
	{ S_INIT("d3"), ERR_SYNTAX, 0 },
	{ S_INIT("de_AT"), ERR_SYNTAX, 0 },
	{ S_INIT("de-AT*"), ERR_SYNTAX, 0 },
	{ S_INIT("deutschland"), ERR_SYNTAX, 0 },
	{ S_INIT("de-switzerland"), ERR_SYNTAX, 0 },
	{ S_INIT("d\xc3\xa9"), ERR_SYNTAX, 0 },
	{ S_INIT("de\0"), ERR_SYNTAX, 0 },
};

static void test_ranges(void)
{
	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
		enum language l = LANGUAGE_COUNT;
		enum err e = language_find(ranges[i].range, &l);

		OK(e == ranges[i].want && l == (e == ERR_OK ? ranges[i].language : LANGUAGE_COUNT), "range '%.*s' gives %s",
			STR_FMT(ranges[i].range), err_name(e));
	}
	OK(language_valid(LANGUAGE_DE) && !language_valid(LANGUAGE_COUNT) && !language_valid(255), "numbers");
}

static void is_put(enum language l, struct str english, struct str want)
{
	struct buf b;

	buf_init(&b, 1000);
	language_put(&b, l, english);
	IS_STR(buf_str(&b), want);
	buf_done(&b);
}

static void test_texts(void)
{
	is_put(LANGUAGE_I_DEFAULT, S("done"), S("done"));
	is_put(LANGUAGE_EN, S("done"), S("done"));
	is_put(LANGUAGE_DE, S("done"), S("erledigt"));
	is_put(LANGUAGE_DE, S("UID FETCH completed"), S("UID FETCH ausgef\xc3\xbchrt"));
	is_put(LANGUAGE_DE, S("logged on as box \"1\""), S("angemeldet an box \"1\""));
	is_put(LANGUAGE_DE, S("logged on as "), S("angemeldet an "));
	is_put(LANGUAGE_DE, S("nobody has translated that"), S("nobody has translated that"));
	is_put(LANGUAGE_DE, S("logged on as DOM\\a, but the mailbox \"b\" is disabled"), S("angemeldet als DOM\\a, aber das Postfach \"b\" ist abgeschaltet"));
	is_put(LANGUAGE_DE, S("logged on as DOM\\a, but there is no mailbox \"b\""), S("angemeldet als DOM\\a, aber es gibt kein Postfach \"b\""));
	is_put(LANGUAGE_DE, S("the account a is disabled by its domain controller"), S("das Konto a ist von seinem Dom\xc3\xa4nencontroller gesperrt"));
	is_put(LANGUAGE_DE, S("the account a is disabled"), S("das Konto a ist gesperrt"));
	is_put(LANGUAGE_DE, S("the account a is disabled!"), S("the account a is disabled!"));
	is_put(LANGUAGE_DE, S("the account  is disabled"), S("das Konto  ist gesperrt"));
	is_put(LANGUAGE_DE, S("the account is disabled"), S("the account is disabled"));
	is_put(LANGUAGE_DE, S(""), S(""));
	is_put(LANGUAGE_DE, STR_NONE, S(""));
	OK(language_has(LANGUAGE_EN, S("nobody has translated that")), "English has all");
	OK(!language_has(LANGUAGE_DE, S("nobody has translated that")), "German has not");
}

/* Every text that an error shows: a row of err.tbl that is new, or changed, is to be translated with it. */
static void test_errors(const struct language_row *row, enum language l)
{
	for (int e = 0; e < ERR_COUNT && row->texts_count > 0; e++)
		OK(language_has(l, str_from_c(err_text((enum err)e))), "%s: ERR_%s is in language_%s.tbl", row->tag, err_name((enum err)e),
			row->tag);
}

static unsigned holes(struct str s)
{
	size_t at;
	unsigned n = 0;

	while ((at = str_find_str(s, S("%"))) != STR_NPOS) {
		n += str_starts(str_skip(s, at), S("%s")) ? 1 : 100;
		s = str_skip(s, at + 1);
	}
	return n;
}

/* RFC 5255 section 3.5: UTF-8 without controls, no bracket in front; and no row that another one hides. */
static void test_rows(const struct language_row *row, enum language l)
{
	for (size_t i = 0; i < row->texts_count; i++) {
		const struct language_text *t = &row->texts[i];
		struct buf b;

		buf_init(&b, 1000);
		language_put(&b, l, t->english);
		OK(str_eq(buf_str(&b), t->own), "%s: '%.*s' is found", row->tag, STR_FMT(t->english));
		OK(utf8_valid(t->own) && !str_has_control(t->own) && t->own.len > 0 && t->own.at[0] != '[', "%s: '%.*s' can be sent",
			row->tag, STR_FMT(t->own));
		OK(holes(t->english) == holes(t->own) && holes(t->own) <= LANGUAGE_HOLES_MAX, "%s: '%.*s' has what belongs into it", row->tag, STR_FMT(t->own));
		OK(!str_eq(t->english, t->own), "%s: '%.*s' is translated", row->tag, STR_FMT(t->english));
		buf_done(&b);
	}
}

int main(void)
{
	test_ranges();
	test_texts();
	for (int l = 0; l < LANGUAGE_COUNT; l++) {
		const struct language_row *row = language_row((enum language)l);
		enum language again;

		OK(language_find(str_from_c(row->tag), &again) == ERR_OK && again == (enum language)l, "%s is a language range", row->tag);
		test_errors(row, (enum language)l);
		test_rows(row, (enum language)l);
	}
	return tap_done();
}
