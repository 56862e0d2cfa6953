#include "store/imap_fuzzy.h"

#include "base/utf8.h"

#define SAME        100u
#define INSIDE      85u /* the word stands somewhere within a longer one, or in a script without blanks */
#define BEGINS      92u
#define ONE_EDIT    80u
#define TWO_EDITS   60u
#define ONE_LETTERS 4u /* a word must have so many for one letter to be wrong */
#define TWO_LETTERS 8u

struct word {
	uint32_t letters[IMAP_FUZZY_LETTERS_MAX];
	size_t count;
	uint32_t mask; /* a bit for each kind of letter in it */
	struct str text;
	unsigned best; /* so far, of this text */
};

struct imap_fuzzy {
	struct str key;
	struct word words[IMAP_FUZZY_WORDS_MAX];
	size_t count;
	bool whole; /* the key itself stands in the text */
};

/* ---- words ---- */

static bool is_mark(uint32_t c)
{
	return c >= 0x300 && c < 0x370;
}

static bool is_letter(uint32_t c)
{
	if (c < 0x80)
		return ascii_is_alpha((char)c) || ascii_is_digit((char)c);
	return c != UTF8_BAD && c != 0xfffd && c > 0xbf && !(c >= 0x2000 && c < 0x2070) &&
	       !(c >= 0x3000 && c < 0x3040);
}

static void add_letter(struct word *w, uint32_t c)
{
	if (is_mark(c) || w->count == IMAP_FUZZY_LETTERS_MAX)
		return;
	w->letters[w->count++] = c;
	w->mask |= UINT32_C(1) << (c % 32);
}

/* Takes the next word off *rest. */
static bool next_word(struct str *rest, struct word *ret)
{
	struct str from = *rest;

	ret->count = 0;
	ret->mask = 0;
	while (rest->len > 0) {
		struct str here = *rest;
		uint32_t c = utf8_next(rest);

		if (is_letter(c)) {
			from = ret->count == 0 && !is_mark(c) ? here : from;
			add_letter(ret, c);
		} else if (ret->count > 0) {
			ret->text = str_sub(from, 0, (size_t)(here.at - from.at));
			return true;
		}
	}
	ret->text = from;
	return ret->count > 0;
}

struct imap_fuzzy *imap_fuzzy_new(struct arena *a, struct str key)
{
	struct imap_fuzzy *f = ARENA_NEW(a, struct imap_fuzzy);
	struct str rest;

	f->key = arena_str(a, str_trim(key));
	rest = f->key;
	while (f->count < IMAP_FUZZY_WORDS_MAX && next_word(&rest, &f->words[f->count]))
		f->count++;
	return f;
}

void imap_fuzzy_begin(struct imap_fuzzy *f)
{
	f->whole = false;
	for (size_t n = 0; n < f->count; n++)
		f->words[n].best = 0;
}

/* ---- nearness ---- */

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Letters wrong, missing, too many or changed with their neighbour; a bound is all that is asked for,
 * so words of very different length are not looked at. */
static unsigned edits(const struct word *a, const struct word *b)
{
	unsigned rows[3][IMAP_FUZZY_LETTERS_MAX + 1];
	unsigned *before = rows[0], *last = rows[1], *now = rows[2];

	for (unsigned k = 0; k <= b->count; k++)
		last[k] = k;
	for (unsigned n = 1; n <= a->count; n++) {
		unsigned *spare = before;

		now[0] = n;
		for (unsigned k = 1; k <= b->count; k++) {
			bool same = a->letters[n - 1] == b->letters[k - 1];

			now[k] = least(least(last[k], now[k - 1]) + 1, last[k - 1] + !same);
			if (n > 1 && k > 1 && a->letters[n - 1] == b->letters[k - 2] &&
				a->letters[n - 2] == b->letters[k - 1])
				now[k] = least(now[k], before[k - 2] + 1);
		}
		before = last;
		last = now;
		now = spare;
	}
	return last[b->count];
}

static unsigned allowed(const struct word *key)
{
	return key->count >= TWO_LETTERS ? 2 : key->count >= ONE_LETTERS ? 1 : 0;
}

static unsigned nearness(const struct word *key, const struct word *w)
{
	size_t longer = key->count > w->count ? key->count - w->count : w->count - key->count;
	unsigned most = allowed(key), n;

	if (w->count >= key->count &&
		memcmp(w->letters, key->letters, key->count * sizeof(*key->letters)) == 0)
		return w->count == key->count ? SAME : key->count > 2 ? BEGINS : 0;
	if (most == 0 || longer > most ||
		(unsigned)__builtin_popcount(key->mask ^ w->mask) > 2 * most)
		return 0;
	n = edits(key, w);
	return n > most ? 0 : n > 1 ? TWO_EDITS : ONE_EDIT;
}

static bool stands_in(struct str key, struct str text)
{
	return key.len > 0 && text.len >= key.len && memmem(text.at, text.len, key.at, key.len) != NULL;
}

static bool look_whole(struct imap_fuzzy *f, struct str piece)
{
	bool all = f->count > 0;

	f->whole = f->whole || stands_in(f->key, piece);
	for (size_t n = 0; n < f->count; n++) {
		struct word *key = &f->words[n];

		if (key->best < INSIDE && key->count > 2 && stands_in(key->text, piece))
			key->best = INSIDE;
		all = all && key->best == SAME;
	}
	return f->whole || all;
}

void imap_fuzzy_look(struct imap_fuzzy *f, struct str piece)
{
	struct word w;

	if (f->whole || look_whole(f, piece))
		return;
	while (next_word(&piece, &w)) {
		for (size_t n = 0; n < f->count; n++) {
			unsigned near = f->words[n].best < SAME ? nearness(&f->words[n], &w) : 0;

			if (near > f->words[n].best)
				f->words[n].best = near;
		}
	}
}

unsigned imap_fuzzy_score(const struct imap_fuzzy *f)
{
	unsigned sum = 0, missing = 0;

	if (f->whole || f->key.len == 0)
		return SAME;
	for (size_t n = 0; n < f->count; n++) {
		sum += f->words[n].best;
		missing += f->words[n].best == 0;
	}
	if (f->count == 0 || missing > f->count / 4)
		return 0;
	/* Words in other places than in the key are worth a little less. */
	sum = sum / (unsigned)f->count;
	return sum > 1 && f->count > 1 ? sum - sum / 20 : sum;
}

unsigned imap_fuzzy_distance(uint64_t off, uint64_t most)
{
	if (off == 0)
		return SAME;
	return off >= most ? 0 : (unsigned)(1 + (SAME - 10) * (most - off) / most);
}
