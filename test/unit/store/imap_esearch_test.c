#include "store/imap_esearch.h"

#include "base/mem.h"

#include "../tap.h"

/* RFC 9394 section 3.1: places, counted from one, from either end, either way round. */
static void windows(void)
{
	static const struct {
		struct imap_window window;
		size_t count, first, last;
	} rows[] = {
		{ { false, 1, 3 }, 5, 0, 3 },
		{ { false, 3, 1 }, 5, 0, 3 },
		{ { false, 4, 9 }, 5, 3, 5 },
		{ { false, 5, 5 }, 5, 4, 5 },
		{ { true, 1, 2 }, 5, 3, 5 },
		{ { true, 2, 1 }, 5, 3, 5 },
		{ { true, 4, 9 }, 5, 0, 2 },
		{ { true, 5, 5 }, 5, 0, 1 },
		{ { false, 1, UINT32_MAX }, 5, 0, 5 },
		{ { true, UINT32_MAX, 1 }, 5, 0, 5 },
	};
	static const struct imap_window beyond[] = { { false, 6, 9 }, { true, 9, 6 },
		{ false, UINT32_MAX, UINT32_MAX }, { true, UINT32_MAX, UINT32_MAX } };
	size_t first, last;

	for (size_t n = 0; n < sizeof(rows) / sizeof(*rows); n++) {
		imap_esearch_window(&rows[n].window, rows[n].count, &first, &last);
		IS_NUM(first, rows[n].first);
		IS_NUM(last, rows[n].last);
	}
	for (size_t n = 0; n < sizeof(beyond) / sizeof(*beyond); n++) {
		imap_esearch_window(&beyond[n], 5, &first, &last);
		OK(first == last && last <= 5, "nothing is there");
		imap_esearch_window(&beyond[n], 0, &first, &last);
		OK(first == last && last == 0, "nothing at all");
	}
}

/* RFC 5182 section 2.5: a result in too many pieces is not kept, and neither is the one before it. */
static void too_many_pieces(void)
{
	size_t count = IMAP_SAVED_RANGES_MAX + 1;
	uint32_t *seqs = mem_new(count * sizeof(*seqs));
	struct imap i = { .saved = { mem_new(sizeof(struct imap_range)), 1 } };

	for (size_t n = 0; n < count; n++)
		seqs[n] = (uint32_t)(2 * n + 1);
	OK(imap_saved_set(&i, seqs, count) == ERR_LIMIT, "too many");
	OK(i.saved.count == 0 && i.saved.ranges == NULL, "nothing is saved then");
	OK(imap_saved_set(&i, seqs, 0) == ERR_OK && i.saved.count == 0, "nothing found is no failure");
	mem_free(seqs);
}

int main(void)
{
	windows();
	too_many_pieces();
	return tap_done();
}
