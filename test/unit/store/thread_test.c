/*
 * Threads against hand-made answers, thousands of random mailboxes against what must hold of any answer, and the mailbox
 * of an attacker.
 */
#include "store/thread.h"

#include "base/mem.h"
#include "base/buf.h"
#include "tap.h"

/* Puts the answer as THREAD gives it, with numbers from 1. False: a message is missing, there twice, or brackets do not
 * match. */
static bool answer(struct thread *t, uint32_t count, size_t work, struct buf *to)
{
	enum thread_token token, before = THREAD_END;
	uint8_t *seen = mem_new(count + 1);
	uint32_t message = 0, told = 0;
	long depth = 0;
	bool good = true;

	while (!thread_step(t, work))
		;
	while ((token = thread_next(t, &message)) != THREAD_END) {
		if (before == THREAD_MESSAGE && token != THREAD_CLOSE)
			buf_put_octet(to, ' ');
		depth += token == THREAD_OPEN ? 1 : token == THREAD_CLOSE ? -1 : 0;
		good = good && depth >= (token != THREAD_CLOSE) && !(before == THREAD_OPEN && token == THREAD_CLOSE);
		if (token == THREAD_MESSAGE) {
			good = good && message < count && seen[message]++ == 0;
			buf_put_u64(to, message + 1);
			told++;
		} else {
			buf_put_octet(to, token == THREAD_OPEN ? '(' : ')');
		}
		before = token;
	}
	mem_free(seen);
	return good && depth == 0 && told == count;
}

/*
 * A mailbox in words: for each message its id (a letter, or - for none), date, subject (small: as it is; capital: a reply
 * to it; - none) and references (letters).
 */
static const struct {
	const char *what, *mailbox, *references, *ordered;
} cases[] = {
	{ "nothing", "", "", "" },
	{ "one", "a1x", "(1)", "(1)" },
	{ "a chain", "a1x b2Xa c3Xab d4Xabc", "(1 2 3 4)", "(1 (2)(3)(4))" },
	{ "a chain in the wrong order", "d4Xabc c3Xab b2Xa a1x", "(4 3 2 1)", "(4 (3)(2)(1))" },
	{ "two children by date", "a1x c3ya b2za", "(1 (3)(2))", "(1)(3)(2)" },
	{ "a parent that is not here", "b2xa c1ya", "((2)(1))", "(2)(1)" },
	{ "an only child of one that is not here", "b2xa", "(1)", "(1)" },
	{ "ancestors that are not here", "d4xab e5yac", "((1)(2))", "(1)(2)" },
	{ "a missing one in the middle", "a1x d4yabc e5zab", "(1 (2)(3))", "(1)(2)(3)" },
	{ "references cut at the front", "a1x b2ya c3zab d4wbc", "(1 2 3 4)", "(1)(2)(3)(4)" },
	{ "a loop", "a1xb b2ya", "(2 1)", "(1)(2)" },
	{ "itself", "a1xa", "(1)", "(1)" },
	{ "the same id twice", "a1x a2y b3za", "(1 3)(2)", "(1)(2)(3)" },
	{ "no ids", "-1x -2y -3x", "((1)(3))(2)", "(1 3)(2)" },
	{ "subjects: a reply below its original", "a1x b2X", "(1 2)", "(1 2)" },
	{ "subjects: an original that came later", "a2X b1x", "(2 1)", "(2 1)" },
	{ "subjects: the original is older but behind", "a1X b2x", "(2 1)", "(1 2)" },
	{ "subjects: two replies", "a1X b2X", "((1)(2))", "(1 2)" },
	{ "subjects: into a dummy", "b2xa c1xa d3x", "((2)(1)(3))", "(2 (1)(3))" },
	{ "subjects: two dummies", "b1xa c2xa e3xd f4xd", "((1)(2)(3)(4))", "(1 (2)(3)(4))" },
	{ "subjects: a dummy that came later", "d1x b2xa c3xa", "((1)(2)(3))", "(1 (2)(3))" },
	{ "no subject gathers nothing", "a1- b2-", "(1)(2)", "(1 2)" },
	{ "equal dates keep their order", "a1x b1y c1z", "(1)(2)(3)", "(1)(2)(3)" },
};

static void add_words(struct thread *t, const char *at, uint32_t *ret_count)
{
	*ret_count = 0;
	while (*at != '\0') {
		struct thread_message m = { 0 };

		m.id = at[0] == '-' ? 0 : (uint64_t)(unsigned char)at[0];
		m.date = at[1] - '0';
		m.reply = at[2] >= 'A' && at[2] <= 'Z';
		m.subject = at[2] == '-' ? 0 : (uint64_t)(unsigned char)ascii_lower(at[2]);
		for (at += 3; *at != ' ' && *at != '\0'; at++)
			m.refs[m.refs_count++] = (uint64_t)(unsigned char)*at;
		while (*at == ' ')
			at++;
		thread_add(t, &m);
		++*ret_count;
	}
}

static void hand_made(void)
{
	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(*cases); i++) {
		const char *what = cases[i / 2].what;
		bool references = i % 2 == 0;
		struct thread *t = thread_new(references);
		struct buf to;
		uint32_t count;

		buf_init(&to, 1 << 16);
		add_words(t, cases[i / 2].mailbox, &count);
		OK(answer(t, count, 1, &to), "%s: all are there", what);
		IS_STR(buf_str(&to), str_from_c(references ? cases[i / 2].references : cases[i / 2].ordered));
		buf_done(&to);
		thread_free(t);
	}
}

static uint64_t state = 1;

static uint32_t chance(uint32_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 20) % n;
}

/* Few ids and subjects, so that everything meets; and the answer must not depend on how the work is cut. */
static bool random_one(uint32_t seed)
{
	struct thread *whole, *cut;
	struct buf a, b;
	uint32_t count = 0;
	bool good;

	state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	whole = thread_new(seed % 4 != 0);
	cut = thread_new(seed % 4 != 0);
	for (count = 0; count < seed % 40; count++) {
		struct thread_message m = { .id = chance(20), .subject = chance(6), .date = chance(10), .reply = chance(2) };

		for (unsigned n = chance(6); n > 0; n--)
			m.refs[m.refs_count++] = 1 + chance(30);
		thread_add(whole, &m);
		thread_add(cut, &m);
	}
	buf_init(&a, 1 << 20);
	buf_init(&b, 1 << 20);
	good = answer(whole, count, 1000000, &a) && answer(cut, count, 1 + seed % 3, &b) &&
	       str_eq(buf_str(&a), buf_str(&b));
	buf_done(&a);
	buf_done(&b);
	thread_free(whole);
	thread_free(cut);
	return good;
}

/* As many references as are looked at in each of many messages; chains as long as the mailbox, backwards, too. */
static void hostile(void)
{
	static const char *const kinds[] = { "all different", "all the same", "a chain", "a chain backwards",
		"everybody refers to everybody" };
	uint32_t count = 20000;

	for (unsigned kind = 0; kind < sizeof(kinds) / sizeof(*kinds); kind++) {
		struct thread *t = thread_new(true);
		struct buf to;

		buf_init(&to, 1 << 24);
		for (uint32_t i = 0; i < count; i++) {
			struct thread_message m = { .id = i + 1, .subject = kind == 1, .date = i };

			for (unsigned n = 0; n < THREAD_REFS_MAX; n++) {
				const uint64_t refs[] = { count + 1 + (uint64_t)i * THREAD_REFS_MAX + n, count + 1 + n, i,
					i + 2, 1 + chance(count) };

				if (refs[kind] != 0 && (n == 0 || kind < 2 || kind == 4))
					m.refs[m.refs_count++] = refs[kind];
			}
			thread_add(t, &m);
		}
		OK(answer(t, count, 4096, &to), "%u hostile messages: %s", count, kinds[kind]);
		buf_done(&to);
		thread_free(t);
	}
}

static void merges(void)
{
	unsigned wrong = 0;

	for (size_t count = 0; count < 70; count++) {
		struct merge_row *rows = mem_new((count + 1) * sizeof(*rows));
		struct merge m;

		for (size_t i = 0; i < count; i++)
			rows[i] = (struct merge_row){ (int64_t)chance(8) - 4, (uint32_t)i };
		merge_init(&m, rows, count);
		while (!merge_step(&m, 1 + count % 5, NULL, NULL))
			;
		for (size_t i = 1; i < count; i++) {
			const struct merge_row *a = &m.rows[i - 1], *b = &m.rows[i];

			wrong += a->key > b->key || (a->key == b->key && a->at >= b->at);
		}
		merge_done(&m);
	}
	OK(wrong == 0, "rows sorted and equal ones left in their order");
}

int main(void)
{
	unsigned wrong = 0;

	hand_made();
	for (uint32_t seed = 0; seed < 5000; seed++)
		wrong += !random_one(seed);
	OK(wrong == 0, "%u random mailboxes with a wrong answer", wrong);
	hostile();
	merges();
	return tap_done();
}
