#include "store/imap_page.h"

#include "store/imap_esearch.h"
#include "store/imap_limit.h"

#define PASS_STEP 50000u /* messages counted or passed over in one step */

bool imap_page_is_too_wide(const struct imap *i, const struct imap_page *p)
{
	const struct imap_window *w = &p->modifiers.partial;
	uint32_t limit = imap_limit_messages(i);

	return p->modifiers.partial_given && limit > 0 &&
	       (w->from < w->to ? w->to - w->from : w->from - w->to) >= limit;
}

/* Of what is gone a star means the last message that there was, not the last that there is. */
static enum err keep_known(struct imap *i, struct imap_page *p)
{
	struct imap_set *known = &p->sync.known;

	*known = p->set;
	known->ranges = ARENA_ARRAY(&i->arena, struct imap_range, p->set.count + 1);
	memcpy(known->ranges, p->set.ranges, p->set.count * sizeof(*known->ranges));
	imap_set_resolve(known, view_uid_limit(i->view));
	p->sync.known_given = true;
	return known->saved ? imap_saved_join(i, known, true) : ERR_OK;
}

enum err imap_page_begin(struct imap *i, struct imap_page *p)
{
	const struct imap_fetch_modifiers *m = &p->modifiers;
	enum err e = m->vanished ? keep_known(i, p) : ERR_OK;

	p->sync.since = m->changed_since;
	p->sync.changed = m->changed_since_given;
	p->sync.vanished = m->vanished;
	return e == ERR_OK ? imap_walk_init(&p->walk, i, &p->set) : e;
}

/* VANISHED comes before every FETCH (RFC 7162 section 3.2.6). */
static bool sync(struct imap *i, struct imap_page *p, enum err *ret_e)
{
	if (!p->collected) {
		p->collected = imap_sync_collect(i, &p->sync, ret_e);
		return false;
	}
	if (p->sync.vanished && !imap_sync_put_vanished(i, &p->sync))
		return false;
	imap_sync_narrow(&p->sync, &p->walk);
	return true;
}

static void settle(struct imap_page *p, uint32_t limit)
{
	size_t first = 0, last = p->total;

	if (p->modifiers.partial_given)
		imap_esearch_window(&p->modifiers.partial, p->total, &first, &last);
	p->skip = (uint32_t)first;
	p->left = (uint32_t)(last - first);
	if (limit == 0 || p->left <= limit)
		return;
	p->limit_cuts = true;
	p->skip += p->left - limit;
	p->left = limit;
}

static void count(struct imap_page *p, uint32_t limit)
{
	uint32_t n;

	if (!p->begun)
		p->counting = p->walk;
	p->begun = true;
	n = imap_walk_pass(&p->counting, PASS_STEP);
	p->total += n;
	p->counted = n < PASS_STEP && !p->counting.paused;
	if (p->counted)
		settle(p, limit);
}

bool imap_page_step(struct imap *i, struct imap_page *p, enum err *ret_e)
{
	uint32_t limit = imap_limit_messages(i);

	*ret_e = ERR_OK;
	if (p->ready)
		return true;
	if (p->modifiers.changed_since_given && !p->synced)
		p->synced = sync(i, p, ret_e);
	else if (!p->modifiers.partial_given && limit == 0)
		p->ready = true;
	else if (!p->counted)
		count(p, limit);
	else if (p->skip > 0)
		p->skip -= imap_walk_pass(&p->walk, p->skip < PASS_STEP ? p->skip : PASS_STEP);
	else
		p->ready = true;
	return p->ready;
}

uint32_t imap_page_next(struct imap_page *p)
{
	uint32_t seq;

	if (p->counted && p->left == 0) {
		p->walk.paused = false;
		return 0;
	}
	seq = imap_walk_next(&p->walk);
	if (seq == 0 || !p->counted)
		return seq;
	if (p->limit_cuts && p->limit_uid == 0)
		p->limit_uid = view_uid(p->walk.view, seq);
	p->left--;
	return seq;
}

void imap_page_done(struct imap_page *p)
{
	imap_sync_done(&p->sync);
	imap_walk_done(&p->walk);
}
