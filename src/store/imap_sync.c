#include "store/imap_sync.h"

#include <stdlib.h>

#include "base/mem.h"
#include "store/imap_kept.h"

#define ENTRIES_STEP  ((size_t)20000) /* of the log, read in one step */
#define RANGES_MAX    ((size_t)65536) /* of uids that are gone */
#define LINE_RANGES   ((size_t)500)   /* in one VANISHED */
#define LOOKS_STEP    ((size_t)20000) /* uids looked at in one step */
#define EXPUNGES_LINE ((size_t)20000)

/* ---- what is told ---- */

void imap_sync_enable(struct imap *i)
{
	bool first = !imap_sync_enabled(i);

	imap_caps_set(&i->enabled, IMAP_CAP_CONDSTORE, true);
	if (first && i->view != NULL)
		imap_sync_put_highest(i);
}

void imap_sync_put_highest(struct imap *i)
{
	if (imap_kept_here(i)) { /* RFC 7162 section 3.1.2.2 */
		buf_put(imap_out(i), S("* OK [NOMODSEQ] "));
		imap_put_text(imap_out(i), i->language, S("changes are not numbered here"));
		return;
	}
	buf_printf(imap_out(i), "* OK [HIGHESTMODSEQ %llu] ", (unsigned long long)view_modseq(i->view));
	imap_put_text(imap_out(i), i->language, S("highest"));
}

void imap_sync_asks(struct imap *i, struct imap_args *args)
{
	if (imap_kept_here(i))
		imap_args_fail(args, ERR_SEQUENCE);
}

void imap_sync_put_modseq(struct imap *i, struct buf *to, uint64_t modseq)
{
	buf_put(to, S("MODSEQ ("));
	buf_put_u64(to, modseq > 0 ? modseq : 1);
	buf_put_octet(to, ')');
	i->modseq_told = true;
}

/* RFC 7162 section 3.2: also when modseqs were told that are above that of an expunge which was not. */
const char *imap_sync_code(struct imap *i)
{
	if (!imap_enabled(i, IMAP_CAP_QRESYNC) || i->view == NULL)
		return NULL;
	if (!i->expunges_told && !(i->modseq_told && view_expunges_pending(i->view)))
		return NULL;
	return arena_printf(&i->arena, "HIGHESTMODSEQ %llu", (unsigned long long)view_modseq(i->view)).at;
}

/* The highest number comes first; each line has its own uids, ascending. */
size_t imap_sync_put_expunges(struct imap *i)
{
	const struct imap_news *news = i->news + i->news_at;
	size_t left = i->news_count - i->news_at, count = 1, ranges = 1;
	struct buf *to = imap_out(i);

	while (count < left && count < EXPUNGES_LINE && news[count].kind == VIEW_EXPUNGE) {
		ranges += news[count].uid + 1 != news[count - 1].uid;
		if (ranges > LINE_RANGES)
			break;
		count++;
	}
	buf_put(to, S("* VANISHED "));
	for (size_t n = count; n > 0;) {
		size_t first = --n;

		while (n > 0 && news[n - 1].uid == news[n].uid + 1)
			n--;
		imap_set_put_range(to, news[first].uid, news[n].uid);
		buf_put(to, n > 0 ? S(",") : S("\r\n"));
	}
	i->expunges_told = true;
	return count;
}

/* ---- the change log ---- */

static void keep_changed(struct imap_sync *s, uint32_t uid)
{
	if (s->uids_whole || !s->changed)
		return;
	if (s->uids_count == IMAP_SYNC_UIDS_MAX) {
		s->uids_whole = true;
		return;
	}
	if (s->uids_count == s->uids_room) {
		s->uids_room = s->uids_room ? s->uids_room * 2 : 64;
		s->uids = mem_resize(s->uids, s->uids_room * sizeof(*s->uids));
	}
	s->uids[s->uids_count++] = uid;
}

static void keep_gone(struct imap_sync *s, uint32_t uid)
{
	struct imap_range *last = s->gone_count > 0 ? &s->gone[s->gone_count - 1] : NULL;

	if (s->log_lost || !s->vanished || uid < s->vanished_from)
		return;
	if (last != NULL && uid == last->last + 1) {
		last->last = uid;
		return;
	}
	if (s->gone_count == RANGES_MAX) {
		s->log_lost = true; /* all that is not there is told instead */
		return;
	}
	if (s->gone_count == s->gone_room) {
		s->gone_room = s->gone_room ? s->gone_room * 2 : 16;
		s->gone = mem_resize(s->gone, s->gone_room * sizeof(*s->gone));
	}
	s->gone[s->gone_count++] = (struct imap_range){ uid, uid };
}

static bool on_change(void *arg, const struct mailbox_change *change)
{
	struct imap_sync *s = arg;

	/* A modseq's entries are taken together: there is no other place to go on from. */
	if (s->entries >= ENTRIES_STEP && change->modseq != s->at) {
		s->more = true;
		return false;
	}
	s->at = change->modseq;
	s->entries++;
	if (change->kind == CHANGE_VANISHED)
		keep_gone(s, change->uid);
	else if (change->kind == CHANGE_NEW || change->kind == CHANGE_FLAGS || change->kind == CHANGE_NOTES)
		keep_changed(s, change->uid);
	if ((s->log_lost || !s->vanished) && (s->uids_whole || !s->changed))
		return false;
	return true;
}

static int uid_order(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static int range_order(const void *a, const void *b)
{
	return uid_order(&((const struct imap_range *)a)->first, &((const struct imap_range *)b)->first);
}

static void sort_gone(struct imap_sync *s)
{
	size_t n = 0;

	if (s->gone_count > 1)
		qsort(s->gone, s->gone_count, sizeof(*s->gone), range_order);
	for (size_t k = 0; k < s->gone_count; k++) {
		/* What came back with its folder may have gone twice. */
		if (n > 0 && s->gone[k].first <= s->gone[n - 1].last + 1)
			s->gone[n - 1].last = s->gone[k].last > s->gone[n - 1].last ? s->gone[k].last : s->gone[n - 1].last;
		else
			s->gone[n++] = s->gone[k];
	}
	s->gone_count = n;
}

static void sort_uids(struct imap_sync *s)
{
	size_t n = 0;

	if (s->uids_count > 1)
		qsort(s->uids, s->uids_count, sizeof(*s->uids), uid_order);
	for (size_t k = 0; k < s->uids_count; k++) {
		if (n == 0 || s->uids[k] != s->uids[n - 1])
			s->uids[n++] = s->uids[k];
	}
	s->uids_count = n;
}

/* What of a and b is in both; both ascending, neither overlapping in itself. */
static struct imap_range *common(const struct imap_range *a, size_t a_count,
	const struct imap_range *b, size_t b_count, size_t *ret_count)
{
	struct imap_range *to = mem_new((a_count + b_count + 1) * sizeof(*to));
	size_t n = 0;

	for (size_t x = 0, y = 0; x < a_count && y < b_count;) {
		uint32_t first = a[x].first > b[y].first ? a[x].first : b[y].first;
		uint32_t last = a[x].last < b[y].last ? a[x].last : b[y].last;

		if (first <= last)
			to[n++] = (struct imap_range){ first, last };
		if (a[x].last < b[y].last)
			x++;
		else
			y++;
	}
	*ret_count = n;
	return to;
}

/* Of which uids it may be told that they are gone: those of the log, or else all that the client may know. */
static void settle_gone(struct imap *i, struct imap_sync *s)
{
	struct imap_range limits = { s->vanished_from > 0 ? s->vanished_from : 1, view_uid_limit(i->view) };
	struct imap_range *within, *known = &limits;
	size_t count = limits.first <= limits.last, within_count;

	if (s->known_given)
		known = common(s->known.ranges, s->known.count, &limits, count, &count);
	if (s->log_lost) {
		within = common(known, count, &limits, limits.first <= limits.last, &within_count);
	} else {
		sort_gone(s);
		within = common(s->gone, s->gone_count, known, count, &within_count);
	}
	if (known != &limits)
		mem_free(known);
	mem_free(s->gone);
	s->gone = within;
	s->gone_count = within_count;
}

bool imap_sync_collect(struct imap *i, struct imap_sync *s, enum err *ret_e)
{
	uint64_t now = view_modseq(i->view);
	enum err e;

	*ret_e = ERR_OK;
	if (!s->begun) {
		s->begun = true;
		s->at = s->since;
		/* A log longer than the folder is not worth reading for what the folder's rows tell as well. */
		s->uids_whole = view_is_own(i->view) || (now > s->since && now - s->since > (uint64_t)view_count(i->view) + 1000);
	}
	s->entries = 0;
	s->more = false;
	e = (s->vanished || !s->uids_whole) && s->at < now
		    ? mailbox_changes(view_mailbox(i->view), view_folder(i->view), s->at, on_change, s)
		    : ERR_OK;
	if (e == ERR_NOTFOUND)
		s->log_lost = s->uids_whole = true;
	else if (e != ERR_OK)
		*ret_e = e;
	else if (s->more)
		return false;
	sort_uids(s);
	if (s->vanished)
		settle_gone(i, s);
	return true;
}

/* ---- VANISHED (EARLIER) ---- */

struct line {
	struct buf *to;
	size_t ranges;
};

static void put_gone(struct line *l, uint32_t first, uint32_t last)
{
	buf_put(l->to, l->ranges++ == 0 ? S("* VANISHED (EARLIER) ") : S(","));
	imap_set_put_range(l->to, first, last);
}

/*
 * What of the range is not in the view: a message that still has a number is told of by EXPUNGE, or VANISHED without
 * (EARLIER), when its number goes (RFC 7162 section 3.2.10).
 */
static size_t put_gaps(struct imap *i, struct imap_sync *s, struct line *l)
{
	struct imap_range r = s->gone[s->range];
	size_t looks = 0;
	uint32_t seq;

	if (s->pos == 0)
		s->pos = r.first;
	seq = view_seq_from(i->view, s->pos);
	while (looks++ < LOOKS_STEP && l->ranges < LINE_RANGES) {
		uint32_t uid = view_uid(i->view, seq++);

		if (uid == 0 || uid > r.last) {
			if (s->pos <= r.last)
				put_gone(l, s->pos, r.last);
			s->range++;
			s->pos = 0;
			break;
		}
		if (uid > s->pos)
			put_gone(l, s->pos, uid - 1);
		if (uid == r.last) {
			s->range++;
			s->pos = 0;
			break;
		}
		s->pos = uid + 1;
	}
	return looks;
}

bool imap_sync_put_vanished(struct imap *i, struct imap_sync *s)
{
	struct line l = { imap_out(i), 0 };
	size_t looks = 0;

	while (s->range < s->gone_count && looks < LOOKS_STEP && l.ranges < LINE_RANGES)
		looks += put_gaps(i, s, &l);
	if (l.ranges > 0)
		buf_put(l.to, S("\r\n"));
	return s->range == s->gone_count;
}

/* ---- changed messages ---- */

/* In the numbers that the walk goes by. */
static size_t put_rows(const struct imap_sync *s, const struct imap_walk *walk, struct imap_range *rows)
{
	size_t count = 0;

	for (size_t n = 0; n < s->uids_count; n++) {
		uint32_t number = walk->uid ? s->uids[n] : view_seq(walk->view, s->uids[n]);

		if (number > 0)
			rows[count++] = (struct imap_range){ number, number };
	}
	return count;
}

void imap_sync_narrow(const struct imap_sync *s, struct imap_walk *walk)
{
	struct imap_range *rows;

	walk->filtered = true;
	walk->since = s->since;
	if (s->uids_whole)
		return;
	rows = mem_new((s->uids_count + 1) * sizeof(*rows));
	walk->narrowed.ranges = common(rows, put_rows(s, walk, rows), walk->set->ranges,
		walk->set->count, &walk->narrowed.count);
	mem_free(rows);
	walk->set = &walk->narrowed;
}

void imap_sync_done(struct imap_sync *s)
{
	mem_free(s->uids);
	mem_free(s->gone);
	s->uids = NULL;
	s->gone = NULL;
}
