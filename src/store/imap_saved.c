#include "store/imap_saved.h"

#include "base/mem.h"
#include "store/imap_engine.h"

void imap_saved_clear(struct imap *i)
{
	mem_free(i->saved.ranges);
	i->saved = (struct imap_saved){ 0 };
}

/* What stands next to each other in the folder is one piece, whatever its uids: no message can come
 * in between. */
static size_t count_pieces(const uint32_t *seqs, size_t count)
{
	size_t pieces = 0;

	for (size_t n = 0; n < count; n++)
		pieces += n == 0 || seqs[n] != seqs[n - 1] + 1;
	return pieces;
}

enum err imap_saved_set(struct imap *i, const uint32_t *seqs, size_t count)
{
	size_t pieces = count_pieces(seqs, count), at = 0;
	struct imap_range *ranges;

	imap_saved_clear(i);
	if (pieces > IMAP_SAVED_RANGES_MAX)
		return ERR_LIMIT;
	if (pieces == 0)
		return ERR_OK;
	ranges = mem_new(pieces * sizeof(*ranges));
	for (size_t n = 0; n < count; n++) {
		uint32_t uid = view_uid(i->view, seqs[n]);

		if (n == 0 || seqs[n] != seqs[n - 1] + 1)
			ranges[at++].first = uid;
		ranges[at - 1].last = uid;
	}
	i->saved = (struct imap_saved){ ranges, pieces };
	return ERR_OK;
}

enum err imap_saved_join(struct imap *i, struct imap_set *set, bool uid)
{
	struct imap_range *ranges = mem_new(i->saved.count * sizeof(*ranges) + 1);
	size_t count = 0;
	enum err e;

	for (size_t n = 0; n < i->saved.count; n++) {
		struct imap_range r = i->saved.ranges[n];

		if (!uid) {
			r.first = view_seq_from(i->view, r.first);
			r.last = r.last == UINT32_MAX ? view_count(i->view)
						      : view_seq_from(i->view, r.last + 1) - 1;
		}
		if (r.first <= r.last)
			ranges[count++] = r;
	}
	e = imap_set_join(&i->arena, set, ranges, count);
	mem_free(ranges);
	return e;
}
