#include "store/view.h"

#include "base/mem.h"
#include "store/sight.h"

/* ---- \Recent ---- */

static void claim(struct folder_view *v)
{
	struct folder *f = v->f;
	uint32_t first = f->recent_from, last = v->uid_limit;

	if (first > last)
		return;
	if (v->claims_count > 0 && v->claims[v->claims_count - 1].last + 1 == first) {
		v->claims[v->claims_count - 1].last = last;
	} else {
		if (v->claims_count == SIGHT_CLAIMS_MAX)
			memmove(v->claims, v->claims + 1,
				--v->claims_count * sizeof(struct sight_claim));
		v->claims =
			mem_resize(v->claims, (v->claims_count + 1) * sizeof(struct sight_claim));
		v->claims[v->claims_count++] = (struct sight_claim){ first, last };
	}
	/* Goes to disk with the folder's next write set; lost in a crash, messages are recent once
	 * more. */
	if (!v->options.read_only)
		f->recent_from = last + 1;
}

bool view_recent(const struct folder_view *v, uint32_t uid)
{
	for (size_t i = v->claims_count; i-- > 0;) {
		if (uid >= v->claims[i].first && uid <= v->claims[i].last)
			return true;
	}
	return false;
}

uint32_t view_recent_count(const struct folder_view *v)
{
	uint32_t count = 0;

	for (size_t i = 0; i < v->claims_count; i++) {
		uint32_t last = v->claims[i].last;

		count += view_seq_from(v, last + 1) - view_seq_from(v, v->claims[i].first);
	}
	return count;
}

/* ---- opening ---- */

enum err view_open(struct mailbox *m, const struct view_options *options, struct folder_view **ret)
{
	struct folder *f = box_folder(m, options->folder);
	struct folder_view *v;
	enum err e;

	if (!f || m->removing)
		return ERR_NOFOLDER;
	folder_use(f);
	e = folder_load(f);
	if (e != ERR_OK) {
		folder_unuse(f);
		return e;
	}
	v = MEM_NEW(struct folder_view);
	v->options = *options;
	e = reader_open(f, options->reader, &v->reader);
	if (e != ERR_OK) {
		mem_free(v);
		folder_unuse(f);
		return e;
	}
	if (mailbox_is_public(m))
		v->shown = MEM_NEW(struct sight_shown);
	v->m = mailbox_ref(m);
	v->f = f;
	v->uid_limit = f->uid_visible - 1;
	v->live_count = (uint32_t)f->items_count;
	v->modseq = f->modseq;
	list_add_tail(&f->views, &v->node);
	claim(v);
	*ret = v;
	return ERR_OK;
}

void view_close(struct folder_view *v)
{
	if (!v)
		return;
	sight_release(v);
	list_remove(&v->node);
	reader_close(v->reader);
	mem_free(v->shown);
	folder_unuse(v->f);
	mailbox_unref(v->m);
	mem_free(v->silenced);
	mem_free(v->claims);
	mem_free(v);
}

struct mailbox *view_mailbox(const struct folder_view *v)
{
	return v->m;
}

uint32_t view_folder(const struct folder_view *v)
{
	return v->f->id;
}

uint64_t view_reader(const struct folder_view *v)
{
	return v->options.reader;
}

bool view_read_only(const struct folder_view *v)
{
	return v->options.read_only;
}

bool view_folder_gone(const struct folder_view *v)
{
	return v->f->gone || v->f->noselect || v->f->nonexistent || v->m->removing;
}

/* ---- numbers ---- */

uint32_t view_count(const struct folder_view *v)
{
	return v->live_count + v->gone_count;
}

/* Live items of this view below a uid; those it was not told of stand behind all others. */
static uint32_t live_lower(const struct folder_view *v, uint32_t uid)
{
	size_t at = folder_lower(v->f, uid);

	return at < v->live_count ? (uint32_t)at : v->live_count;
}

/* The item as this view shows it. */
static const struct item *shown(const struct folder_view *v, const struct item *it)
{
	struct item own = *it;
	struct item *at;

	if (!v->shown)
		return it;
	reader_show(v->reader, &own);
	if (own.flags == it->flags && own.modseq == it->modseq)
		return it;
	at = &v->shown->items[v->shown->at++ % VIEW_ITEMS];
	*at = own;
	return at;
}

const struct item *view_item(const struct folder_view *v, uint32_t seq)
{
	uint32_t at = seq - 1, from = 0, to = v->gone_count;
	const struct dead *d;

	if (seq == 0 || seq > view_count(v))
		return NULL;
	/* How many of the gone ones stand before number `seq`: gone[j] stands at
	 * live_lower(gone[j]) + j. */
	while (from < to) {
		uint32_t mid = from + (to - from) / 2;

		if (live_lower(v, v->gone[mid]) + mid < at)
			from = mid + 1;
		else
			to = mid;
	}
	if (from < v->gone_count && live_lower(v, v->gone[from]) + from == at) {
		d = folder_dead(v->f, v->gone[from]);
		must(d);
		return shown(v, &d->item);
	}
	return shown(v, &v->f->items[at - from]);
}

bool view_is_own(const struct folder_view *v)
{
	return v->shown != NULL;
}

uint32_t view_uid(const struct folder_view *v, uint32_t seq)
{
	const struct item *it = view_item(v, seq);

	return it ? it->uid : 0;
}

uint32_t view_seq_from(const struct folder_view *v, uint32_t uid)
{
	return live_lower(v, uid) + sight_gone_lower(v, uid) + 1;
}

uint32_t view_seq(const struct folder_view *v, uint32_t uid)
{
	uint32_t seq = view_seq_from(v, uid);

	return uid != 0 && view_uid(v, seq) == uid ? seq : 0;
}

bool view_item_gone(const struct folder_view *v, uint32_t seq)
{
	uint32_t uid = view_uid(v, seq);
	uint32_t at = sight_gone_lower(v, uid);

	return uid != 0 && at < v->gone_count && v->gone[at] == uid;
}

uint64_t view_modseq(const struct folder_view *v)
{
	uint64_t told = v->gone_count > 0 && v->gone_since < v->modseq ? v->gone_since : v->modseq;

	return told > 0 ? told : 1;
}

uint32_t view_uid_limit(const struct folder_view *v)
{
	return v->uid_limit;
}

uint32_t view_first_unseen(const struct folder_view *v)
{
	if (!v->shown && v->f->now.unseen == 0)
		return 0;
	for (uint32_t i = 0; i < v->live_count; i++) {
		if ((shown(v, &v->f->items[i])->flags & ITEM_SEEN) == 0)
			return view_seq_from(v, v->f->items[i].uid);
	}
	return 0;
}

/* ---- telling ---- */

struct telling {
	struct folder_view *v;
	view_each *each;
	void *arg;
};

static void tell_expunges(const struct telling *t)
{
	struct folder_view *v = t->v;

	for (uint32_t i = v->gone_count; i-- > 0;) {
		uint32_t seq = live_lower(v, v->gone[i]) + i + 1;
		struct view_event event = { .kind = VIEW_EXPUNGE, .seq = seq, .uid = v->gone[i] };

		t->each(t->arg, &event);
	}
	sight_release(v);
}

static bool is_silenced(const struct folder_view *v, uint64_t modseq)
{
	for (size_t i = 0; i < v->silenced_count; i++) {
		if (v->silenced[i] == modseq)
			return true;
	}
	return false;
}

static void tell_flags(const struct telling *t, const struct item *it, struct note_names *names)
{
	struct folder_view *v = t->v;

	t->each(t->arg, &(struct view_event){ VIEW_FLAGS, view_seq_from(v, it->uid), it->uid, shown(v, it), names });
}

/* The last change of an item tells of it. Where that one is silenced, those of others before it do: the flags it left are
 * not those that whoever silenced it believes in. */
static void tell_change(const struct telling *t, const struct flag_change *c)
{
	struct folder_view *v = t->v;
	uint32_t last = c->last < v->uid_limit ? c->last : v->uid_limit;
	struct note_names *names = v->hears_notes ? c->names : NULL;

	if (is_silenced(v, c->modseq))
		return;
	for (size_t at = folder_lower(v->f, c->first); at < v->f->items_count && v->f->items[at].uid <= last; at++) {
		const struct item *it = &v->f->items[at];

		/* Flags are told once, as they are now; each change of notes was about others. */
		if (it->modseq == c->modseq || is_silenced(v, it->modseq) || names)
			tell_flags(t, it, names);
	}
}

/* Changes since the last sync, from the ring when it reaches back that far, else by looking at
 * every item. */
static void tell_changes(const struct telling *t)
{
	struct folder_view *v = t->v;
	struct folder *f = v->f;
	uint64_t kept = f->ring_count < FOLDER_RING ? f->ring_count : FOLDER_RING;

	if (f->ring && f->ring_from <= v->modseq) {
		for (uint64_t i = f->ring_count - kept; i < f->ring_count; i++) {
			const struct flag_change *c = &f->ring[i % FOLDER_RING];

			if (c->modseq > v->modseq)
				tell_change(t, c);
		}
		return;
	}
	if (!f->ring)
		return; /* no flag was changed since the first view was opened */
	/* Whether others changed an item before a silenced change, nobody knows any more. */
	for (uint32_t i = 0; i < v->live_count; i++) {
		if (f->items[i].modseq > v->modseq)
			tell_flags(t, &f->items[i], NULL);
	}
}

/* What other sessions of the same reader have changed of what it has seen. */
static void tell_seen(const struct telling *t)
{
	struct folder_view *v = t->v;
	struct folder *f = v->f;

	for (size_t i = 0; v->reader && i < v->reader->spans.count; i++) {
		const struct reader_span *s = &v->reader->spans.at[i];
		uint32_t last = s->last < v->uid_limit ? s->last : v->uid_limit;

		if (s->modseq <= v->modseq || is_silenced(v, s->modseq))
			continue;
		for (size_t at = folder_lower(f, s->first); at < f->items_count && f->items[at].uid <= last; at++) {
			const struct item *it = &f->items[at];

			/* Those with another flag changed as well have been told of. */
			if (it->modseq <= v->modseq || is_silenced(v, it->modseq))
				tell_flags(t, it, NULL);
		}
	}
}

static void tell_new(const struct telling *t)
{
	struct folder_view *v = t->v;
	struct folder *f = v->f;

	v->uid_limit = f->uid_visible - 1;
	if (v->live_count == f->items_count)
		return;
	v->live_count = (uint32_t)f->items_count;
	claim(v);
	t->each(t->arg, &(struct view_event){ .kind = VIEW_EXISTS, .seq = view_count(v) });
	t->each(t->arg, &(struct view_event){ .kind = VIEW_RECENT, .seq = view_recent_count(v) });
}

void view_sync(struct folder_view *v, bool allow_expunges, view_each *each, void *arg)
{
	struct telling t = { v, each, arg };

	v->woken = false;
	if (allow_expunges && v->gone_count > 0)
		tell_expunges(&t);
	if (v->modseq == v->f->modseq)
		return;
	tell_changes(&t);
	tell_seen(&t);
	tell_new(&t);
	v->modseq = v->f->modseq;
	v->silenced_count = 0;
}

void view_hear_notes(struct folder_view *v, bool on)
{
	v->hears_notes = on;
}

bool view_pending(const struct folder_view *v)
{
	return v->gone_count > 0 || v->modseq != v->f->modseq;
}

bool view_expunges_pending(const struct folder_view *v)
{
	return v->gone_count > 0;
}

bool view_changed(const struct folder_view *v)
{
	return v->modseq != v->f->modseq;
}

void view_silence(struct folder_view *v, uint64_t modseq)
{
	if (modseq <= v->modseq)
		return;
	v->silenced = mem_resize(v->silenced, (v->silenced_count + 1) * sizeof(uint64_t));
	v->silenced[v->silenced_count++] = modseq;
}
