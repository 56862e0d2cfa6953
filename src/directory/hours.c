#include "directory/hours.h"

static const char *const days[] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat" };

static bool day_of(struct str name, unsigned *ret)
{
	for (unsigned i = 0; i < 7; i++) {
		if (str_ieq(name, str_from_c(days[i]))) {
			*ret = i;
			return true;
		}
	}
	return false;
}

static bool get(const struct entry_hours *h, unsigned hour)
{
	return h->bits[hour / 8] >> (hour % 8) & 1;
}

static void allow(struct entry_hours *h, unsigned day, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++) {
		unsigned hour = day * 24 + i;

		h->bits[hour / 8] |= (uint8_t)(1u << (hour % 8));
	}
}

/* "mon-fri 08-18"; without hours the whole day. */
static bool parse_one(struct str text, struct entry_hours *h)
{
	struct str hours = str_trim(text), span, head;
	unsigned first, last;
	uint32_t from = 0, to = 24;

	if (!str_cut(&hours, ' ', &span)) {
		span = hours;
		hours = S("");
	}
	if (str_cut(&span, '-', &head)) {
		if (!day_of(head, &first) || !day_of(span, &last))
			return false;
	} else {
		if (!day_of(span, &first))
			return false;
		last = first;
	}
	hours = str_trim(hours);
	if (hours.len > 0 && (!str_cut(&hours, '-', &head) || !str_u32(head, 23, &from) ||
				     !str_u32(hours, 24, &to)))
		return false;
	if (from >= to)
		return false;
	for (unsigned day = first;; day = (day + 1) % 7) {
		allow(h, day, from, to);
		if (day == last)
			return true;
	}
}

enum err hours_parse(struct str text, struct entry_hours *ret)
{
	struct entry_hours h = { { 0 } };
	struct str rest = str_trim(text), one;

	if (str_ieq(rest, S("always"))) {
		memset(ret->bits, 0xff, sizeof(ret->bits));
		return ERR_OK;
	}
	if (str_ieq(rest, S("never"))) {
		*ret = h;
		return ERR_OK;
	}
	while (str_cut(&rest, ',', &one)) {
		if (!parse_one(one, &h))
			return ERR_SYNTAX;
	}
	if (!parse_one(rest, &h))
		return ERR_SYNTAX;
	*ret = h;
	return ERR_OK;
}

static void print_day(const struct entry_hours *h, unsigned day, struct buf *to)
{
	unsigned from = 0;

	while (from < 24) {
		unsigned end = from;

		while (end < 24 && get(h, day * 24 + end))
			end++;
		if (end > from)
			buf_printf(to, "%s%s %02u-%02u", to->len > 0 ? ", " : "", days[day], from,
				end);
		from = end + 1;
	}
}

void hours_print(const struct entry_hours *hours, struct buf *to)
{
	struct buf out;
	size_t all = 0;

	for (unsigned i = 0; i < 168; i++)
		all += get(hours, i);
	if (all == 168 || all == 0) {
		buf_put_c(to, all == 0 ? "never" : "always");
		return;
	}
	buf_init(&out, 4096);
	for (unsigned day = 0; day < 7; day++)
		print_day(hours, (day + 1) % 7, &out);
	buf_put(to, buf_str(&out));
	buf_done(&out);
}
