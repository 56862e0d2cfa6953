#include "store/imap_fuzzy.h"

#include "store/imap_text.h"

#include "../tap.h"

static unsigned score(const char *key, const char *text)
{
	struct arena a;
	struct buf folded;
	struct imap_fuzzy *f;
	unsigned n;

	arena_init(&a, ARENA_NONE);
	buf_init(&folded, BUF_NO_CEILING);
	imap_text_fold(IMAP_UNICODE_CASEMAP, str_from_c(key), &folded);
	f = imap_fuzzy_new(&a, buf_str(&folded));
	buf_clear(&folded);
	imap_text_fold(IMAP_UNICODE_CASEMAP, str_from_c(text), &folded);
	imap_fuzzy_begin(f);
	imap_fuzzy_look(f, buf_str(&folded));
	n = imap_fuzzy_score(f);
	buf_done(&folded);
	arena_done(&a);
	return n;
}

int main(void)
{
	static const struct {
		const char *key, *text;
		unsigned want;
	} rows[] = {
		{ "hello", "say Hello to them", 100 },
		{ "hello world", "HELLO WORLD", 100 },
		{ "", "anything", 100 },
		{ "work", "who is working?", 100 }, /* the key stands there as it is */
		{ "work plan", "the plan: working", 92 },
		{ "helo", "hello", 80 },        /* one missing */
		{ "hallo", "hello", 80 },       /* one wrong */
		{ "hlelo", "hello", 80 },       /* two changed places */
		{ "helllo", "hello", 80 },      /* one too many */
		{ "recieevd", "received", 60 }, /* two, in a long word */
		{ "hxllx", "hello", 0 },        /* two, in a short one */
		{ "cat", "cut", 0 },            /* too short for any */
		{ "imap break", "break of IMAP", 95 },
		{ "imap break", "imap alone", 0 },
		{ "one two three four", "four three two", 72 },
		{ "one two three four", "four three", 0 },
		{ "\xc3\xa9t\xc3\xa9", "ete", 100 }, /* accents do not matter */
		{ "\xe6\x97\xa5\xe6\x9c\xac", "\xe4\xbb\x8a\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 100 },
		{ "...", "no dots", 0 },
		{ "hello", "", 0 },
	};
	static char line[4096];

	for (size_t n = 0; n < sizeof(rows) / sizeof(*rows); n++) {
		unsigned got = score(rows[n].key, rows[n].text);

		OK(got == rows[n].want, "%s in %s: %u", rows[n].key, rows[n].text, got);
	}
	memset(line, 'a', sizeof(line) - 1);
	OK(score(line, line) == 100, "a very long word");
	line[100] = 'b';
	OK(score("aaaa", line) == 100, "a long word that holds it");
	IS_NUM(imap_fuzzy_distance(0, 7), 100);
	IS_NUM(imap_fuzzy_distance(7, 7), 0);
	OK(imap_fuzzy_distance(1, 7) > imap_fuzzy_distance(6, 7) && imap_fuzzy_distance(6, 7) > 0, "nearer is better");
	return tap_done();
}
