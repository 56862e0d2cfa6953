#include "store/imap_walk.h"

#include "base/mem.h"
#include "store/imap_engine.h"

#define WALK_LOOKS 50000u /* messages passed over in one call */

enum err imap_walk_init(struct imap_walk *w, struct imap *i, struct imap_set *set)
{
	uint32_t count = view_count(i->view);
	bool star = set->star;

	*w = (struct imap_walk){ .view = i->view, .set = set, .uid = i->command.uid, .seq = 1 };
	imap_set_resolve(set, w->uid ? view_uid(i->view, count) : count);
	if (set->saved)
		return imap_saved_join(i, set, w->uid);
	/* With a star what lies beyond the last message means the last message, and is cut in
	 * imap_walk_next. */
	if (w->uid || star || set->count == 0)
		return ERR_OK;
	return set->ranges[set->count - 1].last <= count ? ERR_OK : ERR_SYNTAX;
}

static bool next_range(struct imap_walk *w)
{
	const struct imap_range *r;
	uint32_t count = view_count(w->view);

	if (w->range == w->set->count)
		return false;
	r = &w->set->ranges[w->range++];
	if (w->uid) {
		w->seq = view_seq_from(w->view, r->first);
		w->last = r->last == UINT32_MAX ? count : view_seq_from(w->view, r->last + 1) - 1;
	} else {
		w->seq = r->first;
		w->last = r->last < count ? r->last : count;
	}
	return true;
}

uint32_t imap_walk_next(struct imap_walk *w)
{
	w->paused = false;
	for (unsigned looks = 0; looks < WALK_LOOKS; looks++) {
		while (w->seq > w->last) {
			if (!next_range(w))
				return 0;
		}
		w->seq++;
		if (!w->filtered || view_item(w->view, w->seq - 1)->modseq > w->since)
			return w->seq - 1;
	}
	w->paused = true;
	return 0;
}

uint32_t imap_walk_pass(struct imap_walk *w, uint32_t most)
{
	uint32_t passed = 0;

	w->paused = false;
	while (passed < most && w->filtered && imap_walk_next(w) != 0)
		passed++;
	while (passed < most && !w->filtered && (w->seq <= w->last || next_range(w))) {
		uint32_t left = w->seq <= w->last ? w->last + 1 - w->seq : 0;
		uint32_t n = left < most - passed ? left : most - passed;

		passed += n;
		w->seq += n;
	}
	return passed;
}

void imap_walk_done(struct imap_walk *w)
{
	mem_free(w->narrowed.ranges);
	w->narrowed = (struct imap_set){ 0 };
}

uint32_t *imap_walk_uids(struct imap_walk *w, size_t *ret_count, size_t *ret_gone)
{
	size_t room = 0, count = 0, gone = 0;
	uint32_t *uids = NULL, seq;

	while ((seq = imap_walk_next(w)) != 0) {
		if (view_item_gone(w->view, seq)) {
			gone++;
			continue;
		}
		if (count == room) {
			room = room ? room * 2 : 16;
			uids = mem_resize(uids, room * sizeof(*uids));
		}
		uids[count++] = view_uid(w->view, seq);
	}
	*ret_count = count;
	*ret_gone = gone;
	return uids;
}
