#include "store/acl.h"
#include "store/imap_esearch.h"
#include "store/imap_filter.h"
#include "store/imap_found.h"
#include "store/imap_match.h"
#include "store/imap_rights.h"
#include "base/mem.h"
#include "wire/imap_folders.h"

/* RFC 7377: ESEARCH, one folder after the other, mailbox by mailbox: i->box is that of the folder in hand. */

struct place {
	uint64_t mailbox;
	uint32_t folder;
	bool explicitly; /* named, so that "l" is not needed */
};

struct multisearch {
	struct imap_sources sources;
	struct imap_search search;
	bool begun;
	bool kept; /* UPDATE was answered */
	struct place *places; /* owned; each folder once, those of a mailbox together */
	size_t count, room, at;

	struct imap_match *match; /* in the mailbox `searched` */
	uint64_t searched;        /* 0: what there is only shows that it can be searched for */
	/* The folder in hand. */
	struct folder_view *view; /* NULL: none yet */
	bool own;                 /* opened here */
	struct folder_info info;  /* its name is a copy */
	struct arena arena;
	uint32_t seq;
	uint32_t *found;
	uint8_t *scores;
	size_t found_count, found_room;
	struct imap_esearch out;
	bool telling;
};

/* ---- which folders ---- */

/* f is of i->box. */
static void add_place(struct imap *i, struct multisearch *c, const struct folder_info *f, bool explicitly)
{
	uint64_t mailbox = mailbox_id(imap_mailbox(i));
	size_t at = c->count;

	if (f->noselect || f->nonexistent || f->id == 0)
		return;
	for (size_t n = 0; n < c->count; n++) {
		if (c->places[n].mailbox == mailbox && c->places[n].folder == f->id)
			return;
	}
	for (size_t n = c->count; at == c->count && n > 0; n--) {
		if (c->places[n - 1].mailbox == mailbox)
			at = n;
	}
	if (c->count == c->room) {
		c->room = c->room ? c->room * 2 : 16;
		c->places = mem_resize(c->places, c->room * sizeof(*c->places));
	}
	memmove(c->places + at + 1, c->places + at, (c->count - at) * sizeof(*c->places));
	c->places[at] = (struct place){ mailbox, f->id, explicitly };
	c->count++;
}

/* name is top, or lies below it (one level below, or any). */
static bool is_below(struct str name, struct str top, bool one)
{
	if (!str_starts(name, top))
		return false;
	name = str_skip(name, top.len);
	if (name.len == 0)
		return true;
	return name.at[0] == '/' && !(one && str_has_octet(str_skip(name, 1), '/'));
}

/* outer: its name as the client knows it. */
static bool is_below_any(const struct imap_folders *f, struct str outer)
{
	for (size_t n = 0; n < f->count; n++) {
		if (is_below(outer, f->names[n], f->which == IMAP_FOLDERS_SUBTREE_ONE))
			return true;
	}
	return false;
}

static bool is_meant(const struct imap_folders *f, const struct folder_info *info)
{
	switch (f->which) {
	case IMAP_FOLDERS_PERSONAL:
		return true;
	case IMAP_FOLDERS_SUBSCRIBED:
		return info->subscribed;
	case IMAP_FOLDERS_INBOXES:
		return (info->specials & FOLDER_SPECIAL_INBOX) != 0;
	case IMAP_FOLDERS_SUBTREE:
	case IMAP_FOLDERS_SUBTREE_ONE:
		return is_below_any(f, info->name);
	case IMAP_FOLDERS_SELECTED:
	case IMAP_FOLDERS_SELECTED_DELAYED:
	case IMAP_FOLDERS_MAILBOXES:
		return false;
	}
	return false;
}

/* One folder by its whole name, wherever it is. */
static void add_named(struct imap *i, struct multisearch *c, struct str name, bool explicitly)
{
	struct folder_info info;

	if (imap_others_enter(i, name, &name) == ERR_OK && folder_find(imap_mailbox(i), name, &info) == ERR_OK)
		add_place(i, c, &info, explicitly);
	imap_others_leave(i);
}

static void add_selected(struct imap *i, struct multisearch *c)
{
	struct folder_info info;

	if (imap_others_enter_id(i, mailbox_id(view_mailbox(i->view))) == ERR_OK &&
		folder_by_id(imap_mailbox(i), view_folder(i->view), &info) == ERR_OK)
		add_place(i, c, &info, true);
	imap_others_leave(i);
}

/* Of the session's own folders, among them the names of others' that it subscribed to. */
static void add_own(struct imap *i, struct multisearch *c, const struct imap_folders *f)
{
	struct folder_info info;

	for (size_t at = 0; imap_rights_next(i, &at, &info);) {
		if (!is_meant(f, &info))
			continue;
		if (f->which == IMAP_FOLDERS_SUBSCRIBED && imap_others_is_name(info.name))
			add_named(i, c, info.name, false);
		else
			add_place(i, c, &info, false);
	}
}

static bool touches(const struct imap_folders *f, struct str tree)
{
	for (size_t n = 0; n < f->count; n++) {
		if (is_below(f->names[n], tree, false) || is_below(tree, f->names[n], false))
			return true;
	}
	return false;
}

/* The trees of others have names as well, and so they are parts of a tree. */
static void add_others(struct imap *i, struct multisearch *c, const struct imap_folders *f)
{
	char room[IMAP_BOX_NAME_OCTETS_MAX];
	struct folder_info info;

	if (!touches(f, S(IMAP_OTHERS)) && !touches(f, S(IMAP_PUBLIC)))
		return;
	while (imap_others_next(i, i->box->prefix)) {
		for (size_t at = 0; touches(f, i->box->prefix) && imap_rights_next(i, &at, &info);) {
			if (imap_box_shows(i, &info) && is_below_any(f, imap_box_outer(i->box, info.name, room)))
				add_place(i, c, &info, false);
		}
	}
	imap_others_leave(i);
}

static void add_places(struct imap *i, struct multisearch *c)
{
	for (size_t n = 0; n < c->sources.count; n++) {
		const struct imap_folders *f = &c->sources.of[n];

		for (size_t k = 0; f->which == IMAP_FOLDERS_MAILBOXES && k < f->count; k++)
			add_named(i, c, f->names[k], true);
		if (f->which == IMAP_FOLDERS_SELECTED)
			add_selected(i, c);
		add_own(i, c, f);
		if (f->which == IMAP_FOLDERS_SUBTREE || f->which == IMAP_FOLDERS_SUBTREE_ONE)
			add_others(i, c, f);
	}
}

/* ---- one folder ---- */

static void close_folder(struct multisearch *c)
{
	if (c->own)
		view_close(c->view);
	c->view = NULL;
	c->own = false;
	c->telling = false;
	c->found_count = 0;
	arena_clear(&c->arena);
}

/* Whoever may not read it is told nothing of it (section 2.2). */
static bool may_read(struct imap *i, const struct folder_info *info, const struct place *p)
{
	uint32_t need = p->explicitly ? ACL_READ : ACL_READ | ACL_LOOKUP;

	return (imap_rights_of(i, info) & need) == need;
}

static bool open_folder(struct imap *i, struct multisearch *c)
{
	const struct place *p = &c->places[c->at];
	struct view_options options = { .folder = p->folder, .read_only = true, .reader = imap_user(i)->account };
	char room[IMAP_BOX_NAME_OCTETS_MAX];

	if (folder_by_id(imap_mailbox(i), p->folder, &c->info) != ERR_OK || !may_read(i, &c->info, p))
		return false;
	c->info.name = arena_str(&c->arena, imap_box_outer(i->box, c->info.name, room));
	if (i->here == i->box && view_folder(i->view) == p->folder)
		c->view = i->view;
	else if (view_open(imap_mailbox(i), &options, &c->view) != ERR_OK)
		return false;
	c->own = c->view != i->view;
	c->seq = 1;
	imap_match_view(c->match, c->view);
	return true;
}

/* What is searched for is prepared for each mailbox, and asked of its index. Whoever lost a right meanwhile hears of nothing there. */
static enum step enter_mailbox(struct imap *i, struct multisearch *c)
{
	uint64_t mailbox = c->places[c->at].mailbox;

	imap_match_free(c->match);
	c->match = NULL;
	c->searched = mailbox;
	if (imap_others_enter_id(i, mailbox) == ERR_OK) {
		c->match = imap_match_new(i->s, imap_mailbox(i));
		if (imap_match_prepare(c->match, i->collation, &c->search) == ERR_OK)
			return imap_match_ask(c->match);
	}
	while (c->at < c->count && c->places[c->at].mailbox == mailbox)
		c->at++;
	return STEP_AGAIN;
}

static void note_found(struct multisearch *c)
{
	if (c->found_count == c->found_room) {
		c->found_room = c->found_room ? c->found_room * 2 : 64;
		c->found = mem_resize(c->found, c->found_room * sizeof(*c->found));
		c->scores = mem_resize(c->scores, c->found_room);
	}
	c->scores[c->found_count] = (uint8_t)imap_match_score(c->match);
	c->found[c->found_count++] = c->seq;
}

static uint32_t at(void *arg, size_t n)
{
	const struct multisearch *c = arg;

	return c->found[n];
}

static void begin_telling(struct multisearch *c)
{
	c->telling = true;
	c->out = (struct imap_esearch){ .search = &c->search,
		.at = at,
		.arg = c,
		.count = c->found_count,
		.scores = c->search.fuzzy ? c->scores : NULL,
		.mailbox = c->info.name,
		.uidvalidity = c->info.uidvalidity,
		.view = c->view,
		.uid = true };
}

/* A folder in which nothing is found is not told of (section 2.1). */
static enum step look(struct imap *i, struct multisearch *c)
{
	for (size_t work = 0; work < IMAP_MATCH_STEP && c->seq <= view_count(c->view);) {
		enum imap_truth t = imap_match_next(c->match, c->seq, &work);

		if (t == IMAP_MAYBE)
			continue;
		if (t == IMAP_YES)
			note_found(c);
		c->seq++;
		work += 10;
	}
	if (c->seq <= view_count(c->view))
		return STEP_AGAIN;
	if ((c->search.returns & IMAP_RETURN_SAVE) && c->view == i->view) {
		begin_telling(c);
		if (imap_esearch_save(i, &c->out) != ERR_OK)
			return imap_engine_over(
				i, ERR_LIMIT, "NOTSAVED", S("too many messages to be remembered"));
	}
	if ((c->search.returns & IMAP_RETURN_UPDATE) && c->view == i->view) {
		begin_telling(c);
		imap_context_add(i, &c->out);
		c->telling = false;
		c->kept = true;
	}
	if (c->found_count > 0 && c->search.returns != IMAP_RETURN_SAVE)
		begin_telling(c);
	else
		close_folder(c);
	c->at += !c->telling;
	return STEP_AGAIN;
}

/* ---- the command ---- */

/* What only the selected folder has: "$", SAVE, UPDATE. */
static bool is_allowed(struct imap *i, const struct multisearch *c)
{
	bool selected = c->sources.count == 0, others = false, saved = false;

	for (size_t n = 0; n < c->sources.count; n++) {
		selected |= c->sources.of[n].which == IMAP_FOLDERS_SELECTED;
		others |= c->sources.of[n].which != IMAP_FOLDERS_SELECTED;
	}
	for (size_t n = 0; n < c->search.count; n++)
		saved |= c->search.keys[n].set.saved;
	saved |= (c->search.returns & IMAP_RETURN_SAVE) != 0;
	return !(selected && i->view == NULL) && !(others && saved) &&
	       !((c->search.returns & IMAP_RETURN_UPDATE) && i->view == NULL);
}

static void read_esearch(struct imap *i, struct imap_args *args)
{
	struct multisearch *c = ARENA_NEW(&i->arena, struct multisearch);

	i->state = c;
	arena_init(&c->arena, ARENA_NONE);
	imap_arg_esearch(args, &c->sources, &c->search);
	if (c->search.charset.len > 0 && imap_enabled(i, IMAP_CAP_UTF8_ACCEPT))
		imap_args_fail(args, ERR_SYNTAX);
	if ((c->search.returns & IMAP_RETURN_UPDATE) && imap_context_has(i, i->command.tag))
		imap_args_fail(args, ERR_SYNTAX);
	if (args->err == ERR_OK && !is_allowed(i, c))
		imap_args_fail(args, ERR_SYNTAX);
	if (c->sources.count == 0)
		c->sources.of[c->sources.count++].which = IMAP_FOLDERS_SELECTED;
}

static void free_esearch(struct imap *i)
{
	struct multisearch *c = i->state;

	close_folder(c);
	imap_match_free(c->match);
	arena_done(&c->arena);
	mem_free(c->places);
	mem_free(c->found);
	mem_free(c->scores);
}

static enum err begin(struct imap *i, struct multisearch *c)
{
	enum err e = imap_found_decode(i, &c->search);

	c->begun = true;
	i->numbers_used = imap_found_names_seqs(&c->search);
	if (e == ERR_OK && imap_enabled(i, IMAP_CAP_UIDONLY) && i->numbers_used)
		e = ERR_UIDREQUIRED;
	if (e == ERR_OK && i->view != NULL)
		e = imap_found_resolve(i, &c->search);
	if (e != ERR_OK)
		return e;
	/* Whether it can be searched for at all. */
	c->match = imap_match_new(i->s, i->s->mailbox);
	e = imap_match_prepare(c->match, i->collation, &c->search);
	if (e == ERR_OK)
		add_places(i, c);
	return e;
}

static enum step run_esearch(struct imap *i)
{
	struct multisearch *c = i->state;
	struct str name;
	enum err e = ERR_OK;

	if (!c->begun) {
		e = imap_filter_expand(i, &c->search, &name);
		if (e != ERR_OK)
			return imap_filter_failed(i, e, name);
		e = begin(i, c);
	}
	if (e != ERR_OK) {
		if ((c->search.returns & IMAP_RETURN_SAVE) && strcmp(err_row(e)->imap_status, "NO") == 0)
			imap_saved_clear(i);
		return imap_engine_over(i, e, NULL, STR_NONE);
	}
	if (c->telling) {
		if (!imap_esearch_put(i, &c->out))
			return STEP_AGAIN;
		close_folder(c);
		c->at++;
		return STEP_AGAIN;
	}
	if (c->at == c->count && (c->search.returns & IMAP_RETURN_UPDATE) && !c->kept)
		imap_context_refuse(i, i->command.tag, "the selected folder is not among them");
	if (c->at == c->count)
		return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
	if (c->view == NULL && c->places[c->at].mailbox != c->searched)
		return enter_mailbox(i, c);
	if (c->view == NULL && !open_folder(i, c)) {
		close_folder(c);
		c->at++;
		return STEP_AGAIN;
	}
	return look(i, c);
}

const struct imap_handler imap_esearch_handler = { read_esearch, run_esearch, free_esearch };
