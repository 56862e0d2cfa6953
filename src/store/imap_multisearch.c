#include "store/acl.h"
#include "store/imap_esearch.h"
#include "store/imap_filter.h"
#include "store/imap_found.h"
#include "store/imap_match.h"
#include "store/imap_rights.h"
#include "base/mem.h"
#include "wire/imap_folders.h"

/* RFC 7377: ESEARCH, one folder after the other. */

struct place {
	uint32_t folder;
	bool explicitly; /* named, so that "l" is not needed */
};

struct multisearch {
	bool elsewhere; /* about the selected folder, which is in another mailbox than the session's own */
	struct imap_sources sources;
	struct imap_search search;
	bool begun, asked;
	bool kept; /* UPDATE was answered */
	struct place *places; /* owned; each folder once */
	size_t count, room, at;

	struct imap_match *match;
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

static void add_place(struct multisearch *c, const struct folder_info *f, bool explicitly)
{
	if (f->noselect || f->nonexistent || f->id == 0)
		return;
	for (size_t n = 0; n < c->count; n++) {
		if (c->places[n].folder == f->id)
			return;
	}
	if (c->count == c->room) {
		c->room = c->room ? c->room * 2 : 16;
		c->places = mem_resize(c->places, c->room * sizeof(*c->places));
	}
	c->places[c->count++] = (struct place){ f->id, explicitly };
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
		for (size_t n = 0; n < f->count; n++) {
			if (is_below(info->name, f->names[n], f->which == IMAP_FOLDERS_SUBTREE_ONE))
				return true;
		}
		return false;
	case IMAP_FOLDERS_SELECTED:
	case IMAP_FOLDERS_SELECTED_DELAYED:
	case IMAP_FOLDERS_MAILBOXES:
		return false;
	}
	return false;
}

static void add_named(struct imap *i, struct multisearch *c, const struct imap_folders *f)
{
	struct folder_info info;

	for (size_t n = 0; n < f->count; n++) {
		if (folder_find(i->s->mailbox, f->names[n], &info) == ERR_OK)
			add_place(c, &info, true);
	}
}

static void add_places(struct imap *i, struct multisearch *c)
{
	struct folder_info info;

	for (size_t n = 0; n < c->sources.count; n++) {
		const struct imap_folders *f = &c->sources.of[n];

		if (f->which == IMAP_FOLDERS_MAILBOXES)
			add_named(i, c, f);
		if (f->which == IMAP_FOLDERS_SELECTED &&
			folder_by_id(view_mailbox(i->view), view_folder(i->view), &info) == ERR_OK)
			add_place(c, &info, true);
		for (size_t at = 0; imap_rights_next(i, &at, &info);) {
			if (is_meant(f, &info))
				add_place(c, &info, false);
		}
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

/* Of another's mailbox. */
static bool open_selected(struct imap *i, struct multisearch *c)
{
	char room[IMAP_BOX_NAME_OCTETS_MAX];

	if (folder_by_id(view_mailbox(i->view), view_folder(i->view), &c->info) != ERR_OK ||
		(imap_rights_here(i) & ACL_READ) == 0)
		return false;
	c->info.name = arena_str(&c->arena, imap_box_outer(i->here, c->info.name, room));
	c->view = i->view;
	c->own = false;
	c->seq = 1;
	imap_match_view(c->match, c->view);
	return true;
}

static bool open_folder(struct imap *i, struct multisearch *c)
{
	const struct place *p = &c->places[c->at];
	struct view_options options = { .folder = p->folder, .read_only = true };

	if (c->elsewhere)
		return open_selected(i, c);
	if (folder_by_id(i->s->mailbox, p->folder, &c->info) != ERR_OK || !may_read(i, &c->info, p))
		return false;
	c->info.name = arena_str(&c->arena, c->info.name);
	if (i->here == &i->own && view_folder(i->view) == p->folder)
		c->view = i->view;
	else if (view_open(i->s->mailbox, &options, &c->view) != ERR_OK)
		return false;
	c->own = c->view != i->view;
	c->seq = 1;
	imap_match_view(c->match, c->view);
	return true;
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

static bool names_selected(const struct multisearch *c)
{
	for (size_t n = 0; n < c->sources.count; n++) {
		if (c->sources.of[n].which == IMAP_FOLDERS_SELECTED)
			return true;
	}
	return false;
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
	/* The session's own mailbox, or the selected folder of another one. */
	if (i->here != NULL && i->here != &i->own && names_selected(c)) {
		if (c->sources.count > 1)
			return ERR_UNSUPPORTED;
		c->elsewhere = true;
	}
	c->match = imap_match_new(i->s, c->elsewhere ? view_mailbox(i->view) : i->s->mailbox);
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
	if (!c->asked) {
		c->asked = true;
		return imap_match_ask(c->match);
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
	if (c->view == NULL && !open_folder(i, c)) {
		close_folder(c);
		c->at++;
		return STEP_AGAIN;
	}
	return look(i, c);
}

const struct imap_handler imap_esearch_handler = { read_esearch, run_esearch, free_esearch };
