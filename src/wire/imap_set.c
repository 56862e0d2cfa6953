#include "wire/imap_set.h"

#include <stdlib.h>

/* One seq-number: digits without a leading zero, or a star. */
static bool read_number(struct str s, uint32_t *ret)
{
	if (str_eq(s, S("*"))) {
		*ret = IMAP_SET_STAR;
		return true;
	}
	return s.len > 0 && s.at[0] != '0' && str_u32(s, UINT32_MAX, ret);
}

static bool read_range(struct str s, struct imap_range *ret)
{
	struct str first;

	if (!str_cut(&s, ':', &first)) {
		ret->last = 0;
		if (!read_number(s, &ret->first))
			return false;
		ret->last = ret->first;
		return true;
	}
	return read_number(first, &ret->first) && read_number(s, &ret->last);
}

static int range_order(const void *a, const void *b)
{
	const struct imap_range *one = a, *two = b;

	return one->first < two->first ? -1 : one->first > two->first;
}

static void normalise(struct imap_set *set)
{
	size_t n = 0;

	for (size_t i = 0; i < set->count; i++) {
		struct imap_range *r = &set->ranges[i];
		uint32_t first = r->first;

		if (first > r->last) {
			r->first = r->last;
			r->last = first;
		}
	}
	qsort(set->ranges, set->count, sizeof(*set->ranges), range_order);
	for (size_t i = 0; i < set->count; i++) {
		struct imap_range r = set->ranges[i];
		struct imap_range *before = n > 0 ? &set->ranges[n - 1] : NULL;

		if (before == NULL || (uint64_t)r.first > (uint64_t)before->last + 1)
			set->ranges[n++] = r;
		else if (r.last > before->last)
			before->last = r.last;
	}
	set->count = n;
}

static size_t count_items(struct str text)
{
	size_t n = 1;

	for (size_t i = 0; i < text.len; i++)
		n += text.at[i] == ',';
	return n;
}

enum err imap_set_get(struct arena *a, struct str text, struct imap_set *ret)
{
	struct imap_set set = { 0 };
	size_t items = count_items(text), n = 0;

	if (items > IMAP_SET_ITEMS_MAX)
		return ERR_LIMIT;
	set.ranges = arena_try(a, items * sizeof(*set.ranges));
	if (set.ranges == NULL)
		return ERR_LIMIT;
	for (size_t i = 0; i < items; i++) {
		struct str item;

		if (!str_cut(&text, ',', &item))
			item = text;
		if (str_eq(item, S("$"))) {
			set.saved = true;
			continue;
		}
		if (!read_range(item, &set.ranges[n]))
			return ERR_SYNTAX;
		if (set.ranges[n].first == IMAP_SET_STAR || set.ranges[n].last == IMAP_SET_STAR)
			set.star = true;
		n++;
	}
	set.count = n;
	if (!set.star)
		normalise(&set);
	*ret = set;
	return ERR_OK;
}

void imap_set_resolve(struct imap_set *set, uint32_t star)
{
	size_t n = 0;

	if (!set->star)
		return;
	for (size_t i = 0; i < set->count; i++) {
		struct imap_range r = set->ranges[i];
		bool starred = r.first == IMAP_SET_STAR || r.last == IMAP_SET_STAR;

		if (starred && star == 0)
			continue;
		if (r.first == IMAP_SET_STAR)
			r.first = star;
		if (r.last == IMAP_SET_STAR)
			r.last = star;
		set->ranges[n++] = r;
	}
	set->count = n;
	set->star = false;
	normalise(set);
}

enum err imap_set_join(
	struct arena *a, struct imap_set *set, const struct imap_range *more, size_t count)
{
	struct imap_range *all = arena_try(a, (set->count + count) * sizeof(*all) + 1);

	must(!set->star);
	if (all == NULL)
		return ERR_LIMIT;
	if (set->count > 0)
		memcpy(all, set->ranges, set->count * sizeof(*all));
	if (count > 0)
		memcpy(all + set->count, more, count * sizeof(*all));
	set->ranges = all;
	set->count += count;
	set->saved = false;
	normalise(set);
	return ERR_OK;
}

enum err imap_set_meet(struct arena *a, struct imap_set *set, const struct imap_set *with)
{
	struct imap_range *both = arena_try(a, (set->count + with->count) * sizeof(*both) + 1);
	size_t i = 0, k = 0, n = 0;

	must(!set->star && !with->star);
	if (both == NULL)
		return ERR_LIMIT;
	while (i < set->count && k < with->count) {
		const struct imap_range *x = &set->ranges[i], *y = &with->ranges[k];
		struct imap_range r = { x->first > y->first ? x->first : y->first, x->last < y->last ? x->last : y->last };

		if (r.first <= r.last)
			both[n++] = r;
		if (x->last < y->last)
			i++;
		else
			k++;
	}
	set->ranges = both;
	set->count = n;
	return ERR_OK;
}

bool imap_set_has(const struct imap_set *set, uint32_t number)
{
	size_t low = 0, high = set->count;

	must(!set->star);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct imap_range *r = &set->ranges[middle];

		if (number < r->first)
			high = middle;
		else if (number > r->last)
			low = middle + 1;
		else
			return true;
	}
	return false;
}

uint64_t imap_set_size(const struct imap_set *set)
{
	uint64_t n = 0;

	must(!set->star);
	for (size_t i = 0; i < set->count; i++)
		n += (uint64_t)set->ranges[i].last - set->ranges[i].first + 1;
	return n;
}

void imap_set_put_range(struct buf *to, uint32_t first, uint32_t last)
{
	buf_put_u64(to, first);
	if (last != first) {
		buf_put_octet(to, ':');
		buf_put_u64(to, last);
	}
}

static void put_range(struct buf *to, bool first, struct imap_range r)
{
	if (!first)
		buf_put_octet(to, ',');
	imap_set_put_range(to, r.first, r.last);
}

void imap_set_put(struct buf *to, const struct imap_set *set)
{
	must(!set->star);
	for (size_t i = 0; i < set->count; i++)
		put_range(to, i == 0, set->ranges[i]);
}

void imap_set_put_numbers(struct buf *to, const uint32_t *numbers, size_t count)
{
	size_t i = 0;
	bool first = true;

	while (i < count) {
		size_t next = i + 1;

		while (next < count && numbers[next] == numbers[next - 1] + 1)
			next++;
		put_range(to, first, (struct imap_range){ numbers[i], numbers[next - 1] });
		first = false;
		i = next;
	}
}
