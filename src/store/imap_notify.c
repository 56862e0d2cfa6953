#include "store/imap_notify.h"

#include <stdlib.h>

#include "base/mem.h"
#include "store/imap_fetch.h"
#include "store/imap_folder_news.h"
#include "store/imap_metadata.h"
#include "store/imap_note.h"
#include "store/imap_status.h"
#include "store/imap_sync.h"
#include "store/log_watch.h"
#include "wire/imap_notify.h"

#define ENTRIES_STEP  ((size_t)20000) /* of the log, read in one step */
#define RANGES_MAX    ((size_t)10000) /* of new messages that are fetched at once */
#define NOTIFY_OCTETS ((size_t)256 << 10)
#define EVENTS_KNOWN                                                                               \
	"BADEVENT (MessageNew MessageExpunge FlagChange AnnotationChange MailboxName "                \
	"SubscriptionChange MailboxMetadataChange ServerMetadataChange)"

struct imap_notice {
	struct arena arena; /* of what was asked for */
	struct imap_notify asked;
	const struct imap_notify_group *selected; /* NULL: none */
	bool delayed;
	struct log_watch *watch; /* NULL: of other folders nothing is told */
	struct imap_folder_news names;
	uint64_t since; /* the log was read up to here */

	struct hit *hits; /* ascending folder ids; owned */
	size_t hits_count, hits_room, hits_at;
	size_t entries;
	bool more;
	uint32_t new_from, new_to; /* uids to be fetched; new_to 0: none */
};

/* What happened to a folder's messages. */
struct hit {
	uint32_t folder;
	unsigned events;
};

/* ---- what was asked for ---- */

static bool is_selected_group(const struct imap_notify_group *g)
{
	return g->folders.which == IMAP_FOLDERS_SELECTED ||
	       g->folders.which == IMAP_FOLDERS_SELECTED_DELAYED;
}

static bool is_below(struct str name, struct str top)
{
	return str_starts(name, top) && (name.len == top.len || name.at[top.len] == '/');
}

static bool has_name(const struct imap_folders *f, struct str name)
{
	bool tree = f->which == IMAP_FOLDERS_SUBTREE;

	for (size_t n = 0; n < f->count; n++) {
		if (tree ? is_below(name, f->names[n]) : str_eq(name, f->names[n]))
			return true;
	}
	return false;
}

static bool matches(const struct imap_folders *f, struct str name, bool subscribed)
{
	switch (f->which) {
	case IMAP_FOLDERS_PERSONAL:
		return true;
	case IMAP_FOLDERS_SUBSCRIBED:
		return subscribed;
	case IMAP_FOLDERS_INBOXES:
		return str_eq(name, S("INBOX"));
	case IMAP_FOLDERS_SUBTREE:
	case IMAP_FOLDERS_MAILBOXES:
		return has_name(f, name);
	case IMAP_FOLDERS_SUBTREE_ONE:
	case IMAP_FOLDERS_SELECTED:
	case IMAP_FOLDERS_SELECTED_DELAYED:
		return false;
	}
	return false;
}

/* Several groups may be about one folder (section 6). */
static unsigned events_of(const struct imap_notice *n, struct str name, bool subscribed)
{
	unsigned events = 0;

	for (size_t g = 0; g < n->asked.count; g++) {
		if (matches(&n->asked.groups[g].folders, name, subscribed))
			events |= n->asked.groups[g].events;
	}
	return events;
}

static unsigned events_anywhere(const struct imap_notice *n)
{
	unsigned events = 0;

	for (size_t g = 0; g < n->asked.count; g++)
		events |= is_selected_group(&n->asked.groups[g]) ? 0 : n->asked.groups[g].events;
	return events;
}

bool imap_notify_is_deaf(const struct imap *i)
{
	return i->notice != NULL &&
	       (i->notice->selected == NULL || i->notice->selected->events == 0);
}

bool imap_notify_drops(const struct imap *i, const struct view_event *event)
{
	return event->kind == VIEW_FLAGS && event->names == NULL && i->notice != NULL && i->notice->selected != NULL &&
	       (i->notice->selected->events & IMAP_NOTIFY_FLAGS) == 0;
}

bool imap_notify_hears_notes(const struct imap *i)
{
	if (i->notice == NULL)
		return i->annotates;
	return i->notice->selected != NULL && (i->notice->selected->events & IMAP_NOTIFY_ANNOTATION);
}

bool imap_notify_hears_annotation(const struct imap *i, uint32_t folder)
{
	struct folder_info info;

	if (i->notice == NULL)
		return false;
	if (folder == 0)
		return events_anywhere(i->notice) & IMAP_NOTIFY_SERVER_METADATA;
	return folder_by_id(i->s->mailbox, folder, &info) == ERR_OK &&
	       (events_of(i->notice, info.name, info.subscribed) & IMAP_NOTIFY_METADATA);
}

void imap_notify_arrived(struct imap *i, uint32_t from, uint32_t to)
{
	struct imap_notice *n = i->notice;

	if (n == NULL || n->selected == NULL || !n->selected->fetches)
		return;
	if (n->new_to == 0)
		n->new_from = from + 1;
	n->new_to = to;
}

void imap_notify_closed(struct imap *i)
{
	if (i->notice != NULL)
		i->notice->new_to = 0;
}

/* ---- other folders' messages ---- */

static void note_hit(struct imap_notice *n, uint32_t folder, unsigned event)
{
	size_t from = 0, to = n->hits_count;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (n->hits[mid].folder < folder)
			from = mid + 1;
		else
			to = mid;
	}
	if (from < n->hits_count && n->hits[from].folder == folder) {
		n->hits[from].events |= event;
		return;
	}
	if (n->hits_count == n->hits_room) {
		n->hits_room = n->hits_room ? n->hits_room * 2 : 8;
		n->hits = mem_resize(n->hits, n->hits_room * sizeof(*n->hits));
	}
	memmove(n->hits + from + 1, n->hits + from, (n->hits_count - from) * sizeof(*n->hits));
	n->hits[from] = (struct hit){ folder, event };
	n->hits_count++;
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
	struct imap_notice *n = arg;
	bool own = log_watch_own(n->watch, change->modseq);

	if (n->entries >= ENTRIES_STEP && change->modseq != n->since) {
		n->more = true;
		return false;
	}
	n->since = change->modseq;
	n->entries++;
	/* What the session itself did to a folder is to be known, though not told. */
	if (events[change->kind] == IMAP_NOTIFY_NAME)
		imap_folder_news_note(&n->names, change->folder, own);
	if (!own || events[change->kind] == IMAP_NOTIFY_NAME)
		note_hit(n, change->folder, events[change->kind]);
	return true;
}

/* RFC 5465 section 5.8. */
static void give_up(struct imap *i)
{
	imap_put_ok(imap_out(i), i->language, STR_NONE, "NOTIFICATIONOVERFLOW", S("ask for less, or anew"));
	imap_notify_free(i);
	i->notice = MEM_NEW(struct imap_notice);
	arena_init(&i->notice->arena, NOTIFY_OCTETS);
	imap_note_hear(i);
}

static enum step collect(struct imap *i)
{
	struct imap_notice *n = i->notice;
	struct mailbox_stats stats;
	enum err e;

	log_watch_rest(n->watch);
	n->entries = 0;
	n->more = false;
	e = mailbox_changes(i->s->mailbox, 0, n->since, on_change, n);
	if (e != ERR_OK) {
		give_up(i);
		return STEP_AGAIN;
	}
	mailbox_stats(i->s->mailbox, &stats);
	if (!n->more && stats.modseq > n->since)
		n->since = stats.modseq; /* a change without entries */
	return STEP_AGAIN;
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

static void put_status(struct imap *i, const struct folder_info *info, unsigned items)
{
	struct imap_status status;

	if (items == 0 || info->noselect || info->nonexistent ||
		(i->here == &i->own && view_folder(i->view) == info->id))
		return;
	if (imap_status_look(i, info, items, &status) == ERR_OK)
		imap_status_put(i, &status);
	i->missing = 0;
}

static void tell_hit(struct imap *i, const struct hit *h)
{
	struct imap_notice *n = i->notice;
	struct folder_info info;
	unsigned events;

	if (h->events & IMAP_NOTIFY_NAME)
		imap_folder_news_tell(i, &n->names, h->folder);
	if (folder_by_id(i->s->mailbox, h->folder, &info) != ERR_OK)
		return;
	events = h->events & IMAP_NOTIFY_MESSAGES & events_of(n, info.name, info.subscribed);
	put_status(i, &info, items_of(i, events));
}

static enum step tell_hits(struct imap *i)
{
	struct imap_notice *n = i->notice;

	for (unsigned k = 0; k < IMAP_ROWS_STEP && n->hits_at < n->hits_count && imap_has_room(i); k++)
		tell_hit(i, &n->hits[n->hits_at++]);
	if (n->hits_at < n->hits_count)
		return STEP_AGAIN;
	mem_free(n->hits);
	n->hits = NULL;
	n->hits_count = n->hits_room = n->hits_at = 0;
	return STEP_AGAIN;
}

/* ---- the selected folder ---- */

/* Those that this session did not add itself (section 5.2). */
static void fetch_new(struct imap *i)
{
	struct imap_notice *n = i->notice;
	struct imap_range *ranges = mem_new(RANGES_MAX * sizeof(*ranges));
	struct imap_set set = { .ranges = ranges };
	uint32_t seq = view_seq_from(i->view, n->new_from), uid;

	while (set.count < RANGES_MAX && (uid = view_uid(i->view, seq)) != 0 && uid <= n->new_to) {
		struct imap_range *last = set.count > 0 ? &ranges[set.count - 1] : NULL;
		bool own = n->watch != NULL && i->here == &i->own &&
			   log_watch_own(n->watch, view_item(i->view, seq)->modseq);

		if (!own && last != NULL && last->last + 1 == uid)
			last->last = uid;
		else if (!own)
			ranges[set.count++] = (struct imap_range){ uid, uid };
		seq++;
	}
	n->new_to = 0;
	if (set.count > 0)
		imap_fetch_untold(i, &n->selected->fetch, &set);
	mem_free(ranges);
}

static bool is_view_due(const struct imap *i)
{
	const struct imap_notice *n = i->notice;

	if (i->view == NULL || imap_notify_is_deaf(i))
		return false;
	return n->delayed && i->handler == NULL ? view_changed(i->view) : view_pending(i->view);
}

bool imap_notify_is_due(const struct imap *i)
{
	const struct imap_notice *n = i->notice;

	if (n == NULL || i->nested)
		return false;
	return n->hits_count > 0 || n->more || imap_metadata_pending(i) || is_view_due(i) || (n->new_to > 0 && i->view != NULL) ||
	       (n->watch != NULL && log_watch_woken(n->watch));
}

enum step imap_notify_step(struct imap *i)
{
	struct imap_notice *n = i->notice;

	if (n->new_to > 0 && i->view != NULL)
		fetch_new(i);
	else if (is_view_due(i))
		imap_engine_sync(i, !n->delayed || i->handler != NULL);
	else if (n->hits_count > 0)
		return tell_hits(i);
	else if (imap_metadata_pending(i))
		imap_metadata_tell(i);
	else
		return collect(i);
	return STEP_AGAIN;
}

void imap_notify_free(struct imap *i)
{
	struct imap_notice *n = i->notice;

	if (n == NULL)
		return;
	log_watch_free(n->watch);
	imap_folder_news_done(&n->names);
	mem_free(n->hits);
	arena_done(&n->arena);
	mem_free(n);
	i->notice = NULL;
}

/* ---- the command ---- */

struct command {
	struct imap_notice *notice; /* owned, until it is the session's */
	bool begun;
	size_t last_len; /* the last folder whose STATUS was told */
	char last[FOLDER_NAME_OCTETS_MAX];
};

/* What is read lives as long as the session: it is read out of a copy. */
static void read_notify(struct imap *i, struct imap_args *args)
{
	struct command *c = ARENA_NEW(&i->arena, struct command);
	struct imap_notice *n = MEM_NEW(struct imap_notice);
	struct imap_args own = *args;

	i->state = c;
	c->notice = n;
	arena_init(&n->arena, NOTIFY_OCTETS + args->rest.len);
	imap_args_init(&own, &n->arena, arena_str(&n->arena, args->rest));
	own.utf8 = args->utf8;
	imap_arg_notify(&own, &n->asked);
	args->rest = STR_NONE;
	if (imap_args_end(&own) != ERR_OK)
		imap_args_fail(args, imap_args_end(&own));
}

static void drop(struct imap_notice *n)
{
	if (n == NULL)
		return;
	arena_done(&n->arena);
	mem_free(n);
}

static void free_notify(struct imap *i)
{
	struct command *c = i->state;

	drop(c->notice);
}

static void on_changed(void *arg)
{
	session_wake(arg);
}

static void begin(struct imap *i, struct imap_notice *n)
{
	struct mailbox_stats stats;

	imap_notify_free(i);
	i->notice = n;
	for (size_t g = 0; g < n->asked.count; g++) {
		if (is_selected_group(&n->asked.groups[g]))
			n->selected = &n->asked.groups[g];
	}
	imap_note_hear(i);
	n->delayed = n->selected != NULL &&
		     n->selected->folders.which == IMAP_FOLDERS_SELECTED_DELAYED;
	/* Also to know which messages the session added itself. */
	if (events_anywhere(n) == 0 && (n->selected == NULL || !n->selected->fetches))
		return;
	mailbox_stats(i->s->mailbox, &stats);
	n->since = stats.modseq;
	n->watch = log_watch_new(i->s->mailbox, on_changed, i->s);
	if (events_anywhere(n) & (IMAP_NOTIFY_METADATA | IMAP_NOTIFY_SERVER_METADATA))
		imap_metadata_enable(i);
	if (events_anywhere(n) & (IMAP_NOTIFY_NAME | IMAP_NOTIFY_SUBSCRIPTION))
		imap_folder_news_begin(i, &n->names, events_of, n);
}

/* Section 3.1: the folders as they are now; of those that may be seen and not be read, that they may not. */
static void tell_state(struct imap *i, const struct folder_info *info)
{
	unsigned events = events_of(i->notice, info->name, info->subscribed);

	if (events == 0 || info->noselect || info->nonexistent)
		return;
	if ((imap_rights_of(i, info) & ACL_READ) == 0)
		imap_folder_news_put(i, info, "\\NoAccess", STR_NONE);
	else if (i->notice->asked.status)
		put_status(i, info, items_of(i, events & IMAP_NOTIFY_MESSAGES));
}

static enum step tell_states(struct imap *i)
{
	struct command *c = i->state;
	struct folder_info info;
	size_t at = c->last_len > 0 ? folder_after(i->s->mailbox, str_make(c->last, c->last_len)) : 0;

	for (unsigned n = 0; n < IMAP_ROWS_STEP && imap_has_room(i); n++) {
		if (!imap_rights_next(i, &at, &info))
			return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
		memcpy(c->last, info.name.at, info.name.len);
		c->last_len = info.name.len;
		tell_state(i, &info);
	}
	return STEP_AGAIN;
}

static enum step run_notify(struct imap *i)
{
	unsigned known = ~(unsigned)IMAP_NOTIFY_OTHER;
	struct command *c = i->state;
	unsigned events = 0;

	if (c->begun)
		return tell_states(i);
	for (size_t g = 0; g < c->notice->asked.count; g++)
		events |= c->notice->asked.groups[g].events;
	if (events & ~known)
		return imap_engine_over(i, ERR_UNSUPPORTED, EVENTS_KNOWN, S("no such event here"));
	/* An implicit NOOP comes before what was asked for holds (section 3.1). */
	imap_engine_sync(i, true);
	begin(i, c->notice);
	c->notice = NULL;
	c->begun = true;
	return STEP_AGAIN;
}

const struct imap_handler imap_notify_handler = { read_notify, run_notify, free_notify };
