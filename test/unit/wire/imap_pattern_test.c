#include "wire/imap_pattern.h"

#include <time.h>

#include "exact.h"
#include "tap.h"

struct row {
	struct str pattern, name;
	bool want;
	size_t parent; /* 0: none */
};

static const struct row rows[] = {
	{ S_INIT("*"), S_INIT("a/b/c"), true, 3 },
	{ S_INIT("%"), S_INIT("a"), true, 0 },
	{ S_INIT("%"), S_INIT("a/b"), false, 1 },
	{ S_INIT("%/%"), S_INIT("a/b"), true, 0 },
	{ S_INIT("%/%"), S_INIT("a/b/c"), false, 3 },
	{ S_INIT("a/*"), S_INIT("a"), false, 0 },
	{ S_INIT("a/*"), S_INIT("a/"), true, 0 },
	{ S_INIT("a*"), S_INIT("ab/c"), true, 2 },
	{ S_INIT("*c"), S_INIT("ab/c"), true, 0 },
	{ S_INIT("*a*b"), S_INIT("xaxxb"), true, 0 },
	{ S_INIT("%b%"), S_INIT("abc"), true, 0 },
	{ S_INIT("%b%"), S_INIT("a/bc"), false, 0 },
	{ S_INIT(""), S_INIT(""), true, 0 },
	{ S_INIT(""), S_INIT("a"), false, 0 },
	{ S_INIT("*%**%"), S_INIT(""), true, 0 },
	{ S_INIT("abc"), S_INIT("abc"), true, 0 },
	{ S_INIT("abc"), S_INIT("ab"), false, 0 },
	{ S_INIT("abc"), S_INIT("abcd"), false, 0 },
	{ S_INIT("Abc"), S_INIT("abc"), false, 0 },
	{ S_INIT("inbox"), S_INIT("INBOX"), true, 0 },
	{ S_INIT("iN%"), S_INIT("INBOX"), true, 0 },
	{ S_INIT("inbox/x"), S_INIT("INBOX/x"), true, 0 },
	{ S_INIT("inbox/X"), S_INIT("INBOX/x"), false, 0 },
	{ S_INIT("inboxes"), S_INIT("INBOXES"), false, 0 },
	{ S_INIT("?"), S_INIT("a"), false, 0 },
};

static void no_blow_up(void)
{
	static char name[1000], longer[IMAP_PATTERN_OCTETS_MAX + 1];
	struct str evil = S("*%*%*%*%*%*%*%*%*%*%*x");
	clock_t start = clock();

	memset(name, 'a', sizeof(name));
	for (size_t i = 49; i < sizeof(name); i += 50)
		name[i] = '/';
	for (int i = 0; i < 1000; i++) {
		if (imap_pattern_match(evil, str_make(name, sizeof(name)), '/'))
			break;
	}
	OK(clock() - start < 20 * CLOCKS_PER_SEC,
		"1,000 names of depth 20 against the worst pattern");
	memset(longer, '*', sizeof(longer));
	OK(imap_pattern_match(str_make(longer, sizeof(longer) - 1), S("a"), '/'),
		"as long as may be");
	OK(!imap_pattern_match(str_make(longer, sizeof(longer)), S("a"), '/'),
		"longer matches nothing");
}

int main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct str pattern = exact(rows[i].pattern), name = exact(rows[i].name);
		size_t parent = 0;
		bool has;

		OK(imap_pattern_match(pattern, name, '/') == rows[i].want, "'%.*s' against '%.*s'",
			STR_FMT(pattern), STR_FMT(name));
		has = imap_pattern_match_parent(pattern, name, '/', &parent);
		OK(has == (rows[i].parent > 0) && parent == rows[i].parent, "parent of %zu octets",
			parent);
		exact_free(pattern);
		exact_free(name);
	}
	no_blow_up();
	return tap_done();
}
