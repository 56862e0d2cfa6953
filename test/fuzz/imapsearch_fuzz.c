/*
 * Search programs: the arguments of SEARCH, SORT or THREAD (by the first octet) are read, and what was
 * read is evaluated and held against an evaluator without short cuts. With some leaves unknown, what
 * is answered must hold whatever they turn out to be. PARTIAL's window lies within the results.
 */
#include "wire/imap_sort.h"

#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len);

struct truths {
	const struct imap_search *search;
	const uint8_t *of; /* enum imap_truth, one for each key */
};

static enum imap_truth leaf(void *arg, const struct imap_search_key *key)
{
	const struct truths *t = arg;

	must(key->kind > IMAP_SEARCH_NOT && key->kind < IMAP_SEARCH_KIND_COUNT);
	return (enum imap_truth)t->of[key - t->search->keys];
}

/* From the last key to the first: what a key holds was done before it. */
static enum imap_truth slowly(const struct truths *t)
{
	uint8_t *value = mem_new(t->search->count);
	enum imap_truth result;

	for (size_t i = t->search->count; i-- > 0;) {
		const struct imap_search_key *key = &t->search->keys[i];
		enum imap_truth v = key->kind == IMAP_SEARCH_AND ? IMAP_YES : IMAP_NO;

		must(key->end > i && key->end <= t->search->count);
		if (key->kind > IMAP_SEARCH_NOT) {
			value[i] = t->of[i];
			continue;
		}
		for (size_t k = i + 1; k < key->end; k = t->search->keys[k].end) {
			if (key->kind == IMAP_SEARCH_NOT)
				v = (enum imap_truth)(IMAP_YES - value[k]);
			else if (key->kind == IMAP_SEARCH_AND ? value[k] < v : value[k] > v)
				v = (enum imap_truth)value[k];
		}
		value[i] = (uint8_t)v;
	}
	result = (enum imap_truth)value[0];
	mem_free(value);
	return result;
}

static void evaluate(const struct imap_search *s, unsigned seed)
{
	uint8_t *some = mem_new(s->count), *all = mem_new(s->count);
	struct truths t = { s, some };
	enum imap_truth early, late;

	for (size_t i = 0; i < s->count; i++) {
		seed = seed * 1103515245u + 12345u;
		some[i] = (uint8_t)((seed >> 16) % 3);
		all[i] = some[i] == IMAP_MAYBE ? (seed >> 20) & 1 ? IMAP_YES : IMAP_NO : some[i];
	}
	early = imap_search_match(s, leaf, &t);
	must(early == slowly(&t));
	t.of = all;
	late = imap_search_match(s, leaf, &t);
	must(late != IMAP_MAYBE && late == slowly(&t) && (early == IMAP_MAYBE || early == late));
	mem_free(some);
	mem_free(all);
}

/* The program within itself, at its last leaf, is still one. */
static void splice(struct arena *a, struct imap_search s)
{
	struct imap_search with = s;
	size_t at = s.count;

	while (at > 0 && s.keys[at - 1].kind <= IMAP_SEARCH_NOT)
		at--;
	if (at == 0 || imap_search_splice(a, &s, at - 1, &with) != ERR_OK)
		return;
	must(s.count == 2 * with.count - 1 && s.keys[0].end == s.count);
	evaluate(&s, 5);
}

static void check(const struct imap_search *s)
{
	must(s->count > 0 && s->count <= IMAP_SEARCH_KEYS_MAX && s->keys[0].kind == IMAP_SEARCH_AND);
	must(s->keys[0].end == s->count && s->extended == (s->returns != 0));
	must(!(s->returns & IMAP_RETURN_PARTIAL) || !(s->returns & IMAP_RETURN_ALL));
	must(!(s->returns & IMAP_RETURN_PARTIAL) || (s->partial.from > 0 && s->partial.to > 0));
	must(!(s->returns & IMAP_RETURN_RELEVANCY) || s->fuzzy);
	for (unsigned seed = 1; seed < 4; seed++)
		evaluate(s, seed);
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t len)
{
	struct imap_search s;
	struct imap_sort sort;
	enum imap_thread how;
	struct imap_args args;
	struct arena a;

	if (len < 1)
		return 0;
	arena_init(&a, ARENA_COMMAND);
	imap_args_init(&args, &a, str_make(at + 1, len - 1));
	if (at[0] % 3 == 0)
		imap_arg_search(&args, &s);
	else if (at[0] % 3 == 1)
		imap_arg_sort(&args, &sort, &s);
	else
		imap_arg_thread(&args, &how, &s);
	if (imap_args_end(&args) == ERR_OK) {
		check(&s);
		splice(&a, s);
	}
	arena_done(&a);
	return 0;
}
