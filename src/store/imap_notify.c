#include "store/imap_notify.h"

#include "base/mem.h"
#include "store/imap_fetch.h"
#include "store/imap_ear.h"
#include "store/imap_metadata.h"
#include "store/imap_note.h"
#include "wire/imap_notify.h"

#define RANGES_MAX    ((size_t)10000) /* of new messages that are fetched at once */
#define NOTIFY_OCTETS ((size_t)256 << 10)
#define EVENTS_KNOWN                                                                               \
	"BADEVENT (MessageNew MessageExpunge FlagChange AnnotationChange MailboxName "                \
	"SubscriptionChange MailboxMetadataChange ServerMetadataChange)"

struct imap_notice {
	struct arena arena; /* of what was asked for */
	struct imap_notify asked;
	const struct imap_notify_group *selected; /* NULL: none */
	bool delayed, stale; /* stale: which mailboxes are listened to is to be looked at again */
	struct imap_ear *ears; /* owned, the session's own mailbox first; NULL: only of the selected folder is told */
	uint32_t new_from, new_to; /* uids to be fetched; new_to 0: none */
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

static bool matches(const struct imap_folders *f, struct str name, bool subscribed, bool own)
{
	switch (f->which) {
	case IMAP_FOLDERS_PERSONAL:
		return own;
	case IMAP_FOLDERS_SUBSCRIBED:
		return subscribed;
	case IMAP_FOLDERS_INBOXES:
		return own && str_eq(name, S("INBOX"));
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

/* Several groups may be about one folder (section 6). name is as the client knows it; own: in the session's own mailbox. */
static unsigned events_of(const struct imap_notice *n, struct str name, bool subscribed, bool own)
{
	unsigned events = 0;

	for (size_t g = 0; g < n->asked.count; g++) {
		if (matches(&n->asked.groups[g].folders, name, subscribed, own))
			events |= n->asked.groups[g].events;
	}
	return events;
}

/* As imap_folder_events. */
static unsigned events_here(struct imap *i, struct str name, bool subscribed)
{
	char room[IMAP_BOX_NAME_OCTETS_MAX];

	if (i->box == &i->own)
		return events_of(i->notice, name, subscribed, true);
	name = imap_box_outer(i->box, name, room);
	return events_of(i->notice, name, imap_box_subscribed(i, name), false);
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
	       (events_of(i->notice, info.name, info.subscribed, true) & IMAP_NOTIFY_METADATA);
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
	if (i->notice == NULL)
		return;
	i->notice->new_to = 0;
	i->notice->stale = true;
}

void imap_notify_reached(struct imap *i)
{
	if (i->notice != NULL)
		i->notice->stale = true;
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

/* ---- which mailboxes are listened to ---- */

static bool is_subscribed_to(struct imap *i, struct str tree)
{
	struct folder_info f;

	for (size_t at = folder_from(i->s->mailbox, tree); folder_next(i->s->mailbox, &at, &f) && str_starts(f.name, tree);) {
		if (f.subscribed && is_below(f.name, tree))
			return true;
	}
	return false;
}

static bool touches(struct imap *i, const struct imap_folders *f, struct str tree)
{
	if (f->which == IMAP_FOLDERS_SUBSCRIBED)
		return is_subscribed_to(i, tree);
	for (size_t k = 0; k < f->count; k++) {
		if (is_below(f->names[k], tree) || (f->which == IMAP_FOLDERS_SUBTREE && is_below(tree, f->names[k])))
			return true;
	}
	return false;
}

/* i->box is another's. The one that the selected folder is in, so that it is known what the session itself puts there. */
static bool is_wanted(struct imap *i)
{
	const struct imap_notice *n = i->notice;
	bool wanted = i->here == i->box && n->selected != NULL && n->selected->fetches;

	for (size_t g = 0; g < n->asked.count; g++)
		wanted |= n->asked.groups[g].events != 0 && touches(i, &n->asked.groups[g].folders, i->box->prefix);
	return wanted;
}

/* Any of them could be, so that they are worth being opened. */
static bool wants_others(struct imap *i)
{
	const struct imap_notice *n = i->notice;
	bool wanted = i->here != NULL && i->here != &i->own && n->selected != NULL && n->selected->fetches;

	for (size_t g = 0; g < n->asked.count; g++)
		wanted |= touches(i, &n->asked.groups[g].folders, S(IMAP_OTHERS)) || touches(i, &n->asked.groups[g].folders, S(IMAP_PUBLIC));
	return wanted;
}

static struct imap_ear *ear_of(const struct imap_notice *n, uint64_t mailbox)
{
	struct imap_ear *e = n->ears;

	while (e != NULL && e->mailbox != mailbox)
		e = e->next;
	return e;
}

static bool hears_names(const struct imap_notice *n)
{
	return (events_anywhere(n) & (IMAP_NOTIFY_NAME | IMAP_NOTIFY_SUBSCRIPTION)) != 0;
}

static struct imap_ear *add_ear(struct imap *i)
{
	struct imap_ear **link = &i->notice->ears;

	while (*link != NULL)
		link = &(*link)->next;
	*link = imap_ear_new(i, events_here, hears_names(i->notice));
	return *link;
}

static void drop_ear(struct imap *i, struct imap_ear **link)
{
	struct imap_ear *e = *link;

	i->box = &e->lost;
	imap_folder_news_lost(i, &e->names);
	i->box = &i->own;
	*link = e->next;
	imap_ear_free(e);
}

/* Section 5.9: of what may not be read any more nothing is told, of what may be read again it is. */
static void look_again(struct imap *i)
{
	struct imap_notice *n = i->notice;

	n->stale = false;
	if (n->ears == NULL)
		return;
	for (struct imap_ear *e = n->ears; e != NULL; e = e->next)
		e->wanted = e == n->ears;
	while (wants_others(i) && imap_others_next(i, i->box->prefix)) {
		struct imap_ear *e = ear_of(n, mailbox_id(imap_mailbox(i)));

		if (!is_wanted(i))
			continue;
		if (e == NULL)
			e = add_ear(i);
		e->wanted = true;
	}
	imap_others_leave(i);
	for (struct imap_ear **link = &n->ears; *link != NULL;) {
		if ((*link)->wanted)
			link = &(*link)->next;
		else
			drop_ear(i, link);
	}
}

/* True: there was something to be done. */
static bool listen(struct imap *i)
{
	struct imap_notice *n = i->notice;
	struct imap_ear **link = &n->ears, *e;
	enum err result;

	while (*link != NULL && !imap_ear_is_due(*link))
		link = &(*link)->next;
	e = *link;
	if (e == NULL)
		return false;
	if (imap_others_enter_id(i, e->mailbox) != ERR_OK) { /* it is no more, or is to be no more */
		drop_ear(i, link);
		return true;
	}
	result = imap_ear_step(i, e);
	imap_others_leave(i);
	n->stale |= e->renamed && e == n->ears;
	e->renamed = false;
	if (result != ERR_OK)
		give_up(i);
	return true;
}

/* ---- the selected folder ---- */

/* Those that this session did not add itself (section 5.2). */
static void fetch_new(struct imap *i)
{
	struct imap_notice *n = i->notice;
	struct imap_range *ranges = mem_new(RANGES_MAX * sizeof(*ranges));
	struct imap_set set = { .ranges = ranges };
	const struct imap_ear *ear = ear_of(n, mailbox_id(view_mailbox(i->view)));
	uint32_t seq = view_seq_from(i->view, n->new_from), uid;

	while (set.count < RANGES_MAX && (uid = view_uid(i->view, seq)) != 0 && uid <= n->new_to) {
		struct imap_range *last = set.count > 0 ? &ranges[set.count - 1] : NULL;
		bool own = ear != NULL && imap_ear_own(ear, view_item(i->view, seq)->modseq);

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
	bool heard = false;

	if (n == NULL || i->nested)
		return false;
	for (const struct imap_ear *e = n->ears; e != NULL && !heard; e = e->next)
		heard = imap_ear_is_due(e);
	return heard || n->stale || imap_metadata_pending(i) || is_view_due(i) || (n->new_to > 0 && i->view != NULL);
}

enum step imap_notify_step(struct imap *i)
{
	struct imap_notice *n = i->notice;

	if (n->stale)
		look_again(i);
	else if (n->new_to > 0 && i->view != NULL)
		fetch_new(i);
	else if (is_view_due(i))
		imap_engine_sync(i, !n->delayed || i->handler != NULL);
	else if (!listen(i))
		imap_metadata_tell(i);
	return STEP_AGAIN;
}

void imap_notify_free(struct imap *i)
{
	struct imap_notice *n = i->notice;

	if (n == NULL)
		return;
	while (n->ears != NULL) {
		struct imap_ear *e = n->ears;

		n->ears = e->next;
		imap_ear_free(e);
	}
	arena_done(&n->arena);
	mem_free(n);
	i->notice = NULL;
}

/* ---- the command ---- */

struct command {
	struct imap_notice *notice; /* owned, until it is the session's */
	bool begun;
	uint64_t mailbox; /* whose folders are told; 0: all were */
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

static void begin(struct imap *i, struct imap_notice *n)
{
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
	imap_others_leave(i);
	add_ear(i);
	if (events_anywhere(n) & (IMAP_NOTIFY_METADATA | IMAP_NOTIFY_SERVER_METADATA))
		imap_metadata_enable(i);
	look_again(i);
}

/* Section 3.1: the folders as they are now; of those that may be seen and not be read, that they may not. */
static void tell_state(struct imap *i, const struct folder_info *info)
{
	unsigned events = events_here(i, info->name, info->subscribed);
	struct folder_info f = *info;

	if (events == 0 || info->noselect || info->nonexistent)
		return;
	imap_box_adapt(i, &f);
	if ((imap_rights_of(i, info) & ACL_READ) == 0)
		imap_folder_news_put(i, &f, "\\NoAccess", STR_NONE);
	else if (i->notice->asked.status)
		imap_ear_put_status(i, info, events);
}

/* Of one mailbox; true: there is none behind the last that was told. */
static bool tell_folders(struct imap *i, struct command *c)
{
	size_t at = c->last_len > 0 ? folder_after(imap_mailbox(i), str_make(c->last, c->last_len)) : 0;
	struct folder_info info;

	for (unsigned n = 0; n < IMAP_ROWS_STEP && imap_has_room(i); n++) {
		if (!imap_rights_next(i, &at, &info))
			return true;
		memcpy(c->last, info.name.at, info.name.len);
		c->last_len = info.name.len;
		tell_state(i, &info);
	}
	return false;
}

static enum step tell_states(struct imap *i)
{
	struct command *c = i->state;
	const struct imap_ear *e = ear_of(i->notice, c->mailbox);

	if (e == NULL)
		return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
	if (imap_others_enter_id(i, e->mailbox) != ERR_OK || tell_folders(i, c)) {
		c->mailbox = e->next != NULL ? e->next->mailbox : 0;
		c->last_len = 0;
	}
	imap_others_leave(i);
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
	c->mailbox = i->notice->ears != NULL ? i->notice->ears->mailbox : 0;
	return STEP_AGAIN;
}

const struct imap_handler imap_notify_handler = { read_notify, run_notify, free_notify };
