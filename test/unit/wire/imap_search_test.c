#include "wire/imap_search.h"

#include "base/mem.h"
#include "wire/imap_sort.h"

#include "exact.h"
#include "tap.h"

static struct arena arena;

/* The program as text: inner keys in brackets, leaves by number and value. */
static void show(struct buf *b, const struct imap_search *s)
{
	size_t ends[IMAP_SEARCH_DEPTH_MAX + 2];
	size_t depth = 0;
	static const char *const inner[] = { "AND(", "OR(", "NOT(" };

	for (size_t i = 0; i < s->count; i++) {
		const struct imap_search_key *k = &s->keys[i];

		if (k->kind <= IMAP_SEARCH_NOT) {
			buf_put_c(b, inner[k->kind]);
			ends[depth++] = k->end;
		} else {
			buf_printf(b, "%s%d", k->fuzzy ? "~" : "", (int)k->kind);
			if (k->flag != 0)
				buf_printf(b, "f%u", k->flag);
			if (k->number != 0)
				buf_printf(b, "n%llu", (unsigned long long)k->number);
			if (k->day != 0)
				buf_printf(b, "d%d", (int)k->day);
			if (k->field.len > 0)
				buf_printf(b, "<%.*s>", STR_FMT(k->field));
			if (k->text.len > 0)
				buf_printf(b, "'%.*s'", STR_FMT(k->text));
			if (k->set.count > 0 && !k->set.star)
				imap_set_put(b, &k->set);
			buf_put_octet(b, ' ');
		}
		while (depth > 0 && ends[depth - 1] == i + 1) {
			buf_put_c(b, ")");
			depth--;
		}
	}
}

struct row {
	struct str in;
	enum err want;
	struct str out;
};

static const struct row rows[] = {
	{ S_INIT(" ALL"), ERR_OK, S_INIT("AND(3 )") },
	{ S_INIT(" seen UNSEEN"), ERR_OK, S_INIT("AND(4f1 NOT(4f1 ))") },
	{ S_INIT(" NEW OLD RECENT"), ERR_OK, S_INIT("AND(5 NOT(4f32 )4f32 )") },
	{ S_INIT(" NOT OR ALL (NEW ALL)"), ERR_OK, S_INIT("AND(NOT(OR(3 AND(5 3 ))))") },
	{ S_INIT(" OR OR ALL NEW NOT ALL NEW"), ERR_OK, S_INIT("AND(OR(OR(3 5 )NOT(3 ))5 )") },
	{ S_INIT(" (ALL)"), ERR_OK, S_INIT("AND(AND(3 ))") },
	{ S_INIT(" FROM \"a b\" SUBJECT {2}\r\nhi 1:3 UID 7"), ERR_OK,
		S_INIT("AND(10'a b' 12'hi' 24"
		       "1:3 23"
		       "7 )") },
	{ S_INIT(" HEADER X-A \"\" KEYWORD $w UNKEYWORD v"), ERR_OK,
		S_INIT("AND(7<X-A> 6'$w' NOT(6'v' ))") },
	{ S_INIT(" SINCE 2-Jan-1970 LARGER 7 SMALLER 9"), ERR_OK, S_INIT("AND(17d1 21n7 22n9 )") },
	{ S_INIT(" SENTON \"3-Jan-1970\" 1:*"), ERR_OK, S_INIT("AND(19d2 24 )") },
	{ S_INIT(" BCC a CC b TO c BODY d TEXT e"), ERR_OK,
		S_INIT("AND(8'a' 9'b' 11'c' 13'd' 14'e' )") },
	{ S_INIT(" BEFORE 2-Jan-1970 ON 2-Jan-1970 SENTBEFORE 2-Jan-1970 SENTSINCE 2-Jan-1970"),
		ERR_OK, S_INIT("AND(15d1 16d1 18d1 20d1 )") },
	{ S_INIT(" ANSWERED DELETED DRAFT FLAGGED UNANSWERED UNDELETED UNDRAFT UNFLAGGED"), ERR_OK,
		S_INIT("AND(4f2 4f8 4f16 4f4 NOT(4f2 )NOT(4f8 )NOT(4f16 )NOT(4f4 ))") },
	{ S_INIT(" OLDER 7 YOUNGER 60"), ERR_OK, S_INIT("AND(25n7 26n60 )") },
	{ S_INIT(" SAVEDBEFORE 2-Jan-1970 SAVEDON 2-Jan-1970 SAVEDSINCE 2-Jan-1970 SAVEDATESUPPORTED"), ERR_OK,
		S_INIT("AND(27d1 28d1 29d1 3 )") },
	{ S_INIT(" EMAILID M12 THREADID T-_9"), ERR_OK, S_INIT("AND(30'M12' 31'T-_9' )") },
	{ S_INIT(" $ UID $,3 NOT $"), ERR_OK, S_INIT("AND(24 23"
							"3 NOT(24 ))") },
	{ S_INIT(" LARGER 4294967296"), ERR_OK, S_INIT("AND(21n4294967296 )") },
	{ S_INIT(" FUZZY TEXT a ALL"), ERR_OK, S_INIT("AND(AND(~14'a' )3 )") },
	{ S_INIT(" OR FUZZY (ALL NOT NEW) SEEN"), ERR_OK, S_INIT("AND(OR(AND(AND(~3 NOT(~5 )))4f1 ))") },
	{ S_INIT(" FUZZY FUZZY ALL"), ERR_OK, S_INIT("AND(AND(AND(~3 )))") },
	{ S_INIT(" FUZZY"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" OLDER 0"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" OLDER 4294967296"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" LARGER 9223372036854775808"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" EMAILID M.1"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" CHARSET UTF-8 TEXT \xc3\xa9"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(""), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" "), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" FOO"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" ()"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" (ALL"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" ALL)"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" ALL "), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" NOT"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" NOT "), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" (NOT)"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" OR ALL"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" (OR ALL) ALL"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" (ALL)ALL"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" FROM"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" HEADER a"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" UID x"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" UIDAFTER 7 UIDBEFORE 9"), ERR_OK, S_INIT("AND(23"
							   "8:4294967295 23"
							   "1:8 )") },
	{ S_INIT(" UIDAFTER 0"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" UIDBEFORE 1:2"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" 0"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" LARGER -1"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" CHARSET UTF-8"), ERR_SYNTAX, S_INIT("") },
};

static enum err search(struct str in, struct imap_search *ret)
{
	struct imap_args args;

	imap_args_init(&args, &arena, in);
	imap_arg_search(&args, ret);
	return imap_args_end(&args);
}

static void each(const struct row *row)
{
	struct str in = exact(row->in);
	struct imap_search s;
	struct buf b;
	enum err e = search(in, &s);

	buf_init(&b, 4096);
	OK(e == row->want, "search%.*s: %s", STR_FMT(row->in), err_name(e));
	if (e == ERR_OK)
		show(&b, &s);
	else
		IS_NUM(s.count, 0);
	IS_STR(buf_str(&b), row->out);
	buf_done(&b);
	exact_free(in);
	for (size_t n = 0; n < row->in.len; n++) {
		in = exact(str_sub(row->in, 0, n));
		e = search(in, &s);
		OK(e == ERR_OK || e == ERR_SYNTAX, "cut at %zu", n);
		exact_free(in);
	}
}

/* "word" n times, then ALL, then ")" n times where asked for. */
static enum err deep(const char *word, int n, bool close)
{
	struct buf b;
	struct imap_search s;
	enum err e;

	buf_init(&b, 1 << 20);
	buf_put_octet(&b, ' ');
	for (int i = 0; i < n; i++)
		buf_put_c(&b, word);
	buf_put_c(&b, "ALL");
	for (int i = 0; i < n && close; i++)
		buf_put_octet(&b, ')');
	e = search(buf_str(&b), &s);
	buf_done(&b);
	return e;
}

/* UID leaves tell their truth: 1 no, 2 maybe, 3 yes. arg counts the questions. */
static enum imap_truth leaf(void *arg, const struct imap_search_key *key)
{
	int *asked = arg;

	(*asked)++;
	return key->kind == IMAP_SEARCH_UID ? (enum imap_truth)(key->set.ranges[0].first - 1)
					    : IMAP_YES;
}

static void truths(void)
{
	static const struct {
		struct str in;
		enum imap_truth want;
		int asked;
	} cases[] = {
		{ S_INIT(" UID 1"), IMAP_NO, 1 },
		{ S_INIT(" UID 2"), IMAP_MAYBE, 1 },
		{ S_INIT(" UID 3"), IMAP_YES, 1 },
		{ S_INIT(" UID 1 UID 3"), IMAP_NO, 1 },
		{ S_INIT(" UID 2 UID 1 UID 3"), IMAP_NO, 2 },
		{ S_INIT(" UID 2 UID 3"), IMAP_MAYBE, 2 },
		{ S_INIT(" OR UID 3 UID 1"), IMAP_YES, 1 },
		{ S_INIT(" OR UID 1 UID 2"), IMAP_MAYBE, 2 },
		{ S_INIT(" OR UID 2 UID 3"), IMAP_YES, 2 },
		{ S_INIT(" OR (UID 3 UID 1) UID 3"), IMAP_YES, 3 },
		{ S_INIT(" OR (UID 1 UID 3) (UID 3 UID 1)"), IMAP_NO, 3 },
		{ S_INIT(" NOT UID 1"), IMAP_YES, 1 },
		{ S_INIT(" NOT UID 2"), IMAP_MAYBE, 1 },
		{ S_INIT(" NOT (UID 3 UID 3)"), IMAP_NO, 2 },
		{ S_INIT(" NOT NOT NOT UID 1 UID 1"), IMAP_NO, 2 },
		{ S_INIT(" (UID 3) (UID 3 (NOT UID 3)) UID 3"), IMAP_NO, 3 },
		{ S_INIT(" UNSEEN UID 3"), IMAP_NO, 1 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct imap_search s;
		int asked = 0;

		OK(search(cases[i].in, &s) == ERR_OK, "search%.*s", STR_FMT(cases[i].in));
		IS_NUM(imap_search_match(&s, leaf, &asked), cases[i].want);
		IS_NUM(asked, cases[i].asked);
	}
}

static void deepest_is_matched(void)
{
	struct buf b;
	struct imap_search s;
	int asked = 0;

	buf_init(&b, 4096);
	buf_put_octet(&b, ' ');
	for (int i = 0; i < 99; i++)
		buf_put_c(&b, "NOT ");
	buf_put_c(&b, "UNSEEN");
	OK(search(buf_str(&b), &s) == ERR_OK, "as deep as may be, with a negated leaf");
	IS_NUM(imap_search_match(&s, leaf, &asked), IMAP_YES);
	buf_done(&b);
}

static void charsets(void)
{
	struct imap_search s;

	OK(search(S(" charset utf-8 TEXT {2}\r\n\xc3\xa9"), &s) == ERR_OK, "a charset");
	IS_STR(s.charset, S("utf-8"));
	IS_STR(s.keys[1].text, S("\xc3\xa9"));
	OK(search(S(" ALL"), &s) == ERR_OK && s.charset.len == 0, "none");
}

static void returns(void)
{
	static const struct {
		struct str text;
		enum err err;
		unsigned returns;
	} cases[] = {
		{ S_INIT(" RETURN (MIN) ALL"), ERR_OK, IMAP_RETURN_MIN },
		{ S_INIT(" return (max count) charset UTF-8 ALL"), ERR_OK, IMAP_RETURN_MAX | IMAP_RETURN_COUNT },
		{ S_INIT(" RETURN () ALL"), ERR_OK, IMAP_RETURN_ALL },
		{ S_INIT(" RETURN (ALL ALL) ALL"), ERR_OK, IMAP_RETURN_ALL },
		{ S_INIT(" RETURN (SAVE) ALL"), ERR_OK, IMAP_RETURN_SAVE },
		{ S_INIT(" RETURN (UPDATE CONTEXT) ALL"), ERR_OK, IMAP_RETURN_UPDATE | IMAP_RETURN_CONTEXT },
		{ S_INIT(" RETURN (PARTIAL 1:5 COUNT) ALL"), ERR_OK, IMAP_RETURN_PARTIAL | IMAP_RETURN_COUNT },
		{ S_INIT(" RETURN (PARTIAL -9:-1) ALL"), ERR_OK, IMAP_RETURN_PARTIAL },
		{ S_INIT(" RETURN (RELEVANCY ALL) FUZZY TEXT x"), ERR_OK, IMAP_RETURN_RELEVANCY | IMAP_RETURN_ALL },
		{ S_INIT(" RETURN (RELEVANCY ALL) TEXT x"), ERR_SYNTAX, 0 },
		{ S_INIT(" RETURN (PARTIAL 1:5 ALL) ALL"), ERR_SYNTAX, 0 },
		{ S_INIT(" RETURN (PARTIAL 1:5 PARTIAL 2:3) ALL"), ERR_SYNTAX, 0 },
		{ S_INIT(" RETURN (PARTIAL -1:5) ALL"), ERR_SYNTAX, 0 },
		{ S_INIT(" RETURN (PARTIAL 1:-5) ALL"), ERR_SYNTAX, 0 },
		{ S_INIT(" RETURN (PARTIAL 0:5) ALL"), ERR_SYNTAX, 0 },
		{ S_INIT(" RETURN (PARTIAL 1:*) ALL"), ERR_SYNTAX, 0 },
		{ S_INIT(" RETURN (PARTIAL) ALL"), ERR_SYNTAX, 0 },
		{ S_INIT(" RETURN (MIN ALL"), ERR_SYNTAX, 0 },
		{ S_INIT(" RETURN (MIN)"), ERR_SYNTAX, 0 },
		{ S_INIT(" RETURN MIN ALL"), ERR_SYNTAX, 0 },
	};
	struct imap_search s;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		OK(search(cases[i].text, &s) == cases[i].err, "'%.*s'", STR_FMT(cases[i].text));
		if (cases[i].err == ERR_OK)
			OK(s.extended && s.returns == cases[i].returns, "what is to be returned");
	}
	OK(search(S(" ALL"), &s) == ERR_OK && !s.extended, "no RETURN");
}

/* Each case whole and cut at every octet: never more is read than is there, and only the whole is right. */
static void sorts(void)
{
	static const struct {
		const char *text;
		enum err err;
		size_t count;
	} cases[] = {
		{ " (DATE) UTF-8 ALL", ERR_OK, 1 },
		{ " (reverse subject Arrival) \"utf-8\" ALL", ERR_OK, 2 },
		{ " (CC DISPLAYFROM DISPLAYTO FROM SIZE TO) US-ASCII 1:3", ERR_OK, 6 },
		{ " RETURN () (DATE) UTF-8 ALL", ERR_OK, 1 },
		{ " RETURN (PARTIAL 1:2 SAVE) (RELEVANCY DATE) UTF-8 FUZZY TEXT x", ERR_OK, 2 },
		{ " (RELEVANCY) UTF-8 TEXT x", ERR_SYNTAX, 1 },
		{ " RETURN (ALL (DATE) UTF-8 ALL", ERR_SYNTAX, 0 },
		{ " () UTF-8 ALL", ERR_SYNTAX, 0 },
		{ " (REVERSE) UTF-8 ALL", ERR_SYNTAX, 0 },
		{ " (REVERSE REVERSE DATE) UTF-8 ALL", ERR_SYNTAX, 0 },
		{ " DATE UTF-8 ALL", ERR_SYNTAX, 0 },
		{ " (DATE) UTF-8", ERR_SYNTAX, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		for (size_t len = 0; len <= strlen(cases[i].text); len++) {
			char *copy = mem_copy(cases[i].text, len);
			struct imap_args args;
			struct imap_search s;
			struct imap_sort sort;

			arena_clear(&arena);
			imap_args_init(&args, &arena, str_make(copy, len));
			imap_arg_sort(&args, &sort, &s);
			if (len == strlen(cases[i].text))
				OK(imap_args_end(&args) == cases[i].err && (cases[i].err != ERR_OK || sort.count == cases[i].count),
					"SORT%s", cases[i].text);
			mem_free(copy);
		}
	}
}

/* A program in the place of a leaf: brackets keep their ends. */
static void splices(void)
{
	static const struct {
		struct str in;
		size_t at;
		struct str with, out;
	} cases[] = {
		{ S_INIT(" FILTER a"), 1, S_INIT(" SEEN NEW"), S_INIT("AND(AND(4f1 5 ))") },
		{ S_INIT(" OR FILTER a NOT FILTER b ALL"), 2, S_INIT(" (SEEN)"),
			S_INIT("AND(OR(AND(AND(4f1 ))NOT(32'b' ))3 )") },
		{ S_INIT(" ALL (NEW FILTER a) NOT ALL"), 4, S_INIT(" OR NEW ALL"),
			S_INIT("AND(3 AND(5 AND(OR(5 3 )))NOT(3 ))") },
		{ S_INIT(" FUZZY FILTER a ALL"), 2, S_INIT(" TEXT x"), S_INIT("AND(AND(AND(~14'x' ))3 )") },
	};
	struct imap_search s, with, deep_one;
	struct buf b;

	buf_init(&b, 4096);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		OK(search(cases[i].in, &s) == ERR_OK && search(cases[i].with, &with) == ERR_OK, "both");
		OK(imap_search_splice(&arena, &s, cases[i].at, &with) == ERR_OK, "put in");
		buf_clear(&b);
		show(&b, &s);
		IS_STR(buf_str(&b), cases[i].out);
	}
	buf_clear(&b);
	for (int i = 0; i < 60; i++)
		buf_put_c(&b, " NOT");
	buf_put_c(&b, " FILTER a");
	OK(search(buf_str(&b), &deep_one) == ERR_OK, "deep");
	s = deep_one;
	IS_NUM(imap_search_splice(&arena, &s, s.count - 1, &deep_one), ERR_LIMIT);
	OK(s.count == deep_one.count, "and left alone");
	buf_done(&b);
}

int main(void)
{
	arena_init(&arena, ARENA_NONE);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		each(&rows[i]);
	IS_NUM(deep("(", 99, true), ERR_OK);
	IS_NUM(deep("(", 100, true), ERR_LIMIT);
	IS_NUM(deep("(", 60000, true), ERR_LIMIT);
	IS_NUM(deep("NOT ", 99, false), ERR_OK);
	IS_NUM(deep("NOT ", 60000, false), ERR_LIMIT);
	IS_NUM(deep("ALL ", 9998, false), ERR_OK);
	IS_NUM(deep("ALL ", 9999, false), ERR_LIMIT);
	truths();
	deepest_is_matched();
	charsets();
	returns();
	sorts();
	splices();
	arena_done(&arena);
	return tap_done();
}
