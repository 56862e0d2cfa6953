#include "store/imap_ear.h"

#include "base/mem.h"
#include "store/imap_status.h"
#include "store/imap_sync.h"
#include "wire/imap_notify.h"

#define ENTRIES_STEP ((size_t)20000) /* of the log, read in one step */

/* What happened to a folder's messages. */
struct imap_ear_hit {
	uint32_t folder;
	unsigned events;
};

static void note_hit(struct imap_ear *e, uint32_t folder, unsigned event)
{
	size_t from = 0, to = e->hits_count;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (e->hits[mid].folder < folder)
			from = mid + 1;
		else
			to = mid;
	}
	if (from < e->hits_count && e->hits[from].folder == folder) {
		e->hits[from].events |= event;
		return;
	}
	if (e->hits_count == e->hits_room) {
		e->hits_room = e->hits_room ? e->hits_room * 2 : 8;
		e->hits = mem_resize(e->hits, e->hits_room * sizeof(*e->hits));
	}
	memmove(e->hits + from + 1, e->hits + from, (e->hits_count - from) * sizeof(*e->hits));
	e->hits[from] = (struct imap_ear_hit){ folder, event };
	e->hits_count++;
}

static bool on_change(void *arg, const struct mailbox_change *change)
{
	static const unsigned events[CHANGE_KIND_COUNT] = {
		[CHANGE_NEW] = IMAP_NOTIFY_NEW,
		[CHANGE_FLAGS] = IMAP_NOTIFY_FLAGS,
		[CHANGE_VANISHED] = IMAP_NOTIFY_EXPUNGE,
		[CHANGE_NOTES] = IMAP_NOTIFY_ANNOTATION,
		[CHANGE_FOLDER_NEW] = IMAP_NOTIFY_NAME,
		[CHANGE_FOLDER_CHANGED] = IMAP_NOTIFY_NAME,
		[CHANGE_FOLDER_GONE] = IMAP_NOTIFY_NAME,
	};
	struct imap_ear *e = arg;
	bool own = log_watch_own(e->watch, change->modseq);

	if (e->entries >= ENTRIES_STEP && change->modseq != e->since) {
		e->more = true;
		return false;
	}
	e->since = change->modseq;
	e->entries++;
	/* What the session itself did to a folder is to be known, though not told. */
	if (events[change->kind] == IMAP_NOTIFY_NAME)
		imap_folder_news_note(&e->names, change->folder, own);
	if (!own || events[change->kind] == IMAP_NOTIFY_NAME)
		note_hit(e, change->folder, events[change->kind]);
	return true;
}

static enum err collect(struct imap *i, struct imap_ear *e)
{
	struct mailbox_stats stats;
	enum err result;

	log_watch_rest(e->watch);
	e->entries = 0;
	e->more = false;
	result = mailbox_changes(imap_mailbox(i), 0, e->since, on_change, e);
	if (result != ERR_OK)
		return result;
	mailbox_stats(imap_mailbox(i), &stats);
	if (!e->more && stats.modseq > e->since)
		e->since = stats.modseq; /* a change without entries */
	return ERR_OK;
}

/* Sections 5.1 to 5.3. */
static unsigned items_of(struct imap *i, unsigned events)
{
	unsigned items = 0;

	if (events & (IMAP_NOTIFY_NEW | IMAP_NOTIFY_EXPUNGE))
		items |= IMAP_STATUS_MESSAGES | IMAP_STATUS_UIDNEXT;
	if (events & (IMAP_NOTIFY_NEW | IMAP_NOTIFY_FLAGS | IMAP_NOTIFY_ANNOTATION))
		items |= IMAP_STATUS_UIDVALIDITY;
	if (events & IMAP_NOTIFY_FLAGS)
		items |= IMAP_STATUS_UNSEEN;
	if (items != 0 && imap_sync_enabled(i))
		items |= IMAP_STATUS_HIGHESTMODSEQ;
	return items;
}

void imap_ear_put_status(struct imap *i, const struct folder_info *info, unsigned events)
{
	unsigned items = items_of(i, events & IMAP_NOTIFY_MESSAGES);
	struct imap_status status;

	if (items == 0 || info->noselect || info->nonexistent ||
		(i->here == i->box && view_folder(i->view) == info->id))
		return;
	if (imap_status_look(i, info, items, &status) == ERR_OK)
		imap_status_put(i, &status);
	i->missing = 0;
}

static void tell_hit(struct imap *i, struct imap_ear *e, const struct imap_ear_hit *h)
{
	struct folder_info info;

	if (h->events & IMAP_NOTIFY_NAME)
		imap_folder_news_tell(i, &e->names, h->folder);
	e->renamed |= (h->events & IMAP_NOTIFY_NAME) != 0;
	if (folder_by_id(imap_mailbox(i), h->folder, &info) == ERR_OK)
		imap_ear_put_status(i, &info, h->events & e->events(i, info.name, info.subscribed));
}

static void tell_hits(struct imap *i, struct imap_ear *e)
{
	for (unsigned k = 0; k < IMAP_ROWS_STEP && e->hits_at < e->hits_count && imap_has_room(i); k++)
		tell_hit(i, e, &e->hits[e->hits_at++]);
	if (e->hits_at < e->hits_count)
		return;
	mem_free(e->hits);
	e->hits = NULL;
	e->hits_count = e->hits_room = e->hits_at = 0;
}

enum err imap_ear_step(struct imap *i, struct imap_ear *e)
{
	if (e->hits_count == 0)
		return collect(i, e);
	tell_hits(i, e);
	return ERR_OK;
}

bool imap_ear_is_due(const struct imap_ear *e)
{
	return e->hits_count > 0 || e->more || log_watch_woken(e->watch);
}

bool imap_ear_own(const struct imap_ear *e, uint64_t modseq)
{
	return log_watch_own(e->watch, modseq);
}

static void on_changed(void *arg)
{
	session_wake(arg);
}

struct imap_ear *imap_ear_new(struct imap *i, imap_folder_events *events, bool names)
{
	struct imap_ear *e = MEM_NEW(struct imap_ear);
	struct mailbox_stats stats;

	e->mailbox = mailbox_id(imap_mailbox(i));
	e->events = events;
	e->lost = (struct imap_box){ .user = &i->s->user, .prefix = str_make(str_dup_c(i->box->prefix), i->box->prefix.len) };
	mailbox_stats(imap_mailbox(i), &stats);
	e->since = stats.modseq;
	e->watch = log_watch_new(imap_mailbox(i), on_changed, i->s);
	if (names)
		imap_folder_news_begin(i, &e->names, events);
	return e;
}

void imap_ear_free(struct imap_ear *e)
{
	if (e == NULL)
		return;
	log_watch_free(e->watch);
	imap_folder_news_done(&e->names);
	mem_free((void *)(uintptr_t)e->lost.prefix.at);
	mem_free(e->hits);
	mem_free(e);
}
