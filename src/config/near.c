#include "config/near.h"

#define PARTS_MAX 8

/* Edits, an exchange of neighbours counting as one: optimal string alignment, three rows at a time.
 */
static unsigned edits(struct str a, struct str b)
{
	unsigned rows[3][NEAR_OCTETS_MAX + 1];
	unsigned *before = rows[0], *last = rows[1], *now = rows[2];

	for (unsigned j = 0; j <= b.len; j++)
		last[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		unsigned *recycled = before;

		now[0] = (unsigned)i;
		for (size_t j = 1; j <= b.len; j++) {
			char x = ascii_lower(a.at[i - 1]), y = ascii_lower(b.at[j - 1]);
			unsigned best = last[j - 1] + (x != y);

			best = best < last[j] + 1 ? best : last[j] + 1;
			best = best < now[j - 1] + 1 ? best : now[j - 1] + 1;
			if (i > 1 && j > 1 && x == ascii_lower(b.at[j - 2]) &&
				y == ascii_lower(a.at[i - 2]) && before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			now[j] = best;
		}
		before = last;
		last = now;
		now = recycled;
	}
	return last[b.len];
}

static unsigned likeness(struct str a, struct str b)
{
	size_t longer = a.len > b.len ? a.len : b.len;

	if (longer == 0)
		return 100;
	return (unsigned)(100 - 100 * edits(a, b) / longer);
}

static bool is_border(char c)
{
	return c == '.' || c == '_' || c == '-' || c == ' ';
}

static size_t parts_of(struct str s, struct str parts[PARTS_MAX])
{
	size_t count = 0, from = 0;

	for (size_t i = 0; i <= s.len && count < PARTS_MAX; i++) {
		if (i < s.len && !is_border(s.at[i]))
			continue;
		if (i > from)
			parts[count++] = str_sub(s, from, i - from);
		from = i + 1;
	}
	return count;
}

/* A word cut short counts for a part, not for a whole. */
static unsigned part_likeness(struct str a, struct str b)
{
	unsigned score = likeness(a, b);
	size_t shorter = a.len < b.len ? a.len : b.len;

	if (score < 75 && shorter >= 3 && str_istarts(a.len < b.len ? b : a, a.len < b.len ? a : b))
		return 75;
	return score;
}

/* Takes the likest part of b that is still free; 0 when none is like enough. */
static unsigned match_part(struct str part, const struct str *b, size_t count, bool *taken)
{
	unsigned best = 0;
	size_t at = 0;

	for (size_t i = 0; i < count; i++) {
		unsigned score = taken[i] ? 0 : part_likeness(part, b[i]);

		if (score > best) {
			best = score;
			at = i;
		}
	}
	if (best < 70)
		return 0;
	taken[at] = true;
	return best;
}

unsigned near_score(struct str a, struct str b)
{
	struct str a_parts[PARTS_MAX], b_parts[PARTS_MAX];
	bool taken[PARTS_MAX] = { false };
	size_t a_count, b_count;
	unsigned whole, sum = 0, by_parts;

	a = str_sub(a, 0, NEAR_OCTETS_MAX);
	b = str_sub(b, 0, NEAR_OCTETS_MAX);
	whole = likeness(a, b);
	a_count = parts_of(a, a_parts);
	b_count = parts_of(b, b_parts);
	if (a_count + b_count < 3)
		return whole;
	for (size_t i = 0; i < a_count; i++)
		sum += match_part(a_parts[i], b_parts, b_count, taken);
	by_parts = 2 * sum / (unsigned)(a_count + b_count);
	/* The same parts in another order are near, but not equal. */
	by_parts = by_parts > 99 ? 99 : by_parts;
	return whole > by_parts ? whole : by_parts;
}

void near_try(struct near *n, struct str candidate)
{
	unsigned score = near_score(n->word, candidate);

	if (score <= n->score)
		return;
	n->score = score;
	n->best = candidate;
}

struct str near_best(const struct near *n)
{
	return n->score >= NEAR_LEAST ? n->best : STR_NONE;
}
