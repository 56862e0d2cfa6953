#include "store/imap_kept.h"

#include <stdlib.h>

#define TREE FOLDER_KEPT_TREE "/"

static bool is_name(struct str name)
{
	return str_starts(name, S(TREE));
}

enum err imap_kept_folder(struct imap *i, struct str name, struct folder_info *ret)
{
	enum err e = is_name(name) ? folder_kept_open(imap_mailbox(i), name, ret) : ERR_NOFOLDER;

	if (e != ERR_OK)
		return e;
	imap_kept_release(i);
	i->kept_mailbox = mailbox_ref(imap_mailbox(i));
	i->kept_folder = ret->id;
	return ERR_OK;
}

void imap_kept_release(struct imap *i)
{
	if (i->kept_mailbox == NULL)
		return;
	folder_kept_close(i->kept_mailbox, i->kept_folder);
	mailbox_unref(i->kept_mailbox);
	i->kept_mailbox = NULL;
}

bool imap_kept_here(const struct imap *i)
{
	return i->view != NULL && folder_is_kept(view_folder(i->view));
}

enum err imap_kept_restore(struct imap *i, struct uid_list list, uint32_t to, mailbox_done *done)
{
	uint64_t ids[RECOVER_MAX];
	struct recover_request request = { .ids = ids, .to = to };

	if (list.count > RECOVER_MAX)
		return ERR_LIMIT;
	mailbox_kept_ids(view_mailbox(i->view), view_folder(i->view), list, ids, &request.count);
	if (request.count == 0)
		return ERR_EXPUNGED;
	mailbox_recover(view_mailbox(i->view), &request, done, i->s);
	return ERR_OK;
}

/* ---- deleted folders ---- */

struct gone {
	struct str name;
	uint64_t id;
	struct imap *i;
	struct imap_kept_walk *walk;
};

static bool find_gone(void *arg, const struct retained_folder *f)
{
	struct gone *g = arg;

	if (str_eq(f->name, g->name))
		g->id = f->id;
	return true;
}

enum err imap_kept_gone(struct imap *i, struct str name, uint64_t *ret)
{
	struct gone g = { 0 };
	enum err e;

	if (!is_name(name))
		return ERR_NOFOLDER;
	e = folder_name(&i->arena, str_skip(name, sizeof(TREE) - 1), &g.name);
	if (e == ERR_OK)
		e = mailbox_retained_folders(imap_mailbox(i), 0, find_gone, &g);
	if (e == ERR_OK && g.id == 0)
		e = ERR_NOFOLDER;
	if (e == ERR_OK && (i->box != &i->own || imap_user(i)->access != ACCESS_OWNER))
		e = ERR_PERM;
	*ret = g.id;
	return e;
}

/* ---- LIST ---- */

bool imap_kept_match(struct str pattern)
{
	return str_starts(pattern, S(FOLDER_KEPT_TREE));
}

static bool count_gone(void *arg, const struct retained_folder *f)
{
	struct gone *g = arg;

	g->walk->gone_count++;
	return true;
}

static bool note_gone(void *arg, const struct retained_folder *f)
{
	struct gone *g = arg;
	struct folder_info info;

	if (folder_find(g->i->s->mailbox, f->name, &info) != ERR_OK || info.noselect)
		g->walk->gone[g->walk->gone_at++] = arena_str(&g->i->arena, f->name);
	return true;
}

static int compare(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static void begin_gone(struct imap *i, struct imap_kept_walk *w)
{
	struct gone g = { .i = i, .walk = w };

	w->gone_begun = true;
	/* One that cannot be read is for a check to tell of. */
	(void)!mailbox_retained_folders(i->s->mailbox, 0, count_gone, &g);
	w->gone = ARENA_ARRAY(&i->arena, struct str, w->gone_count + 1);
	(void)!mailbox_retained_folders(i->s->mailbox, 0, note_gone, &g);
	w->gone_count = w->gone_at;
	w->gone_at = 0;
	if (w->gone_count > 0)
		qsort(w->gone, w->gone_count, sizeof(*w->gone), compare);
}

static void made(struct imap *i, struct str name, struct folder_info *ret)
{
	bool children = ret->has_children;

	*ret = (struct folder_info){ .name = arena_printf(&i->arena, TREE "%.*s", STR_FMT(name)), .has_children = children };
	ret->subscribed = imap_box_subscribed(i, ret->name);
}

static bool next_live(struct imap *i, struct imap_kept_walk *w, struct folder_info *ret)
{
	size_t at = w->last_len > 0 ? folder_after(i->s->mailbox, str_make(w->last, w->last_len)) : 0;

	while (folder_next(i->s->mailbox, &at, ret)) {
		w->last_len = ret->name.len;
		memcpy(w->last, ret->name.at, ret->name.len);
		if (!ret->noselect && !ret->nonexistent)
			return true;
	}
	return false;
}

bool imap_kept_next(struct imap *i, struct imap_kept_walk *w, struct folder_info *ret)
{
	if (i->s->user.access != ACCESS_OWNER)
		return false;
	if (!w->begun) {
		w->begun = true;
		*ret = (struct folder_info){ .name = S(FOLDER_KEPT_TREE), .noselect = true, .has_children = true };
		return true;
	}
	if (!w->gone_begun && next_live(i, w, ret)) {
		made(i, ret->name, ret);
		return true;
	}
	if (!w->gone_begun)
		begin_gone(i, w);
	while (w->gone_at < w->gone_count) {
		struct str name = w->gone[w->gone_at++];

		if (w->gone_at < w->gone_count && str_eq(name, w->gone[w->gone_at]))
			continue;
		*ret = (struct folder_info){ 0 };
		made(i, name, ret);
		return true;
	}
	return false;
}
