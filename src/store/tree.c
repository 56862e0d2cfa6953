#include "store/tree_plan.h"

#include "base/mem.h"
#include "store/annotation.h"
#include "store/note.h"
#include "store/expunge.h"
#include "store/gone_row.h"
#include "store/name.h"
#include "store/moderation.h"

/* Creating, deleting, renaming, subscribing and annotating: a plan is made, written in one write set, and
 * applied when on disk. */

/* ---- create ---- */

static enum op_step create(struct op *op)
{
	struct tree *t = op->state;
	struct plan_row *row;
	enum err e;

	if (tree_plan_settled(op))
		return OP_DONE;
	e = tree_plan_ready(op);
	if (e == ERR_OK)
		e = tree_plan_make(op, t->name, true, &row);
	if (e == ERR_OK)
		e = tree_plan_specials(op, row);
	if (e != ERR_OK)
		return tree_plan_refuse(op, e);
	tree_plan_result(op, row);
	e = tree_plan_parents(op, t->name);
	return e == ERR_OK ? tree_plan_submit(op) : tree_plan_refuse(op, e);
}

/* ---- none any more ---- */

/* A step of its own: what was asked for before has been done, what is asked for later finds it shut. */
static enum op_step shut(struct op *op)
{
	size_t at = 0;
	struct folder_info f;

	if (op->m->removing)
		return op_end(op, ERR_NOBOX);
	while (folder_next(op->m, &at, &f)) {
		if (!f.nonexistent && f.specials != FOLDER_SPECIAL_INBOX)
			return op_end(op, ERR_INUSE);
	}
	op->m->shut = true;
	return op_end(op, ERR_OK);
}

void mailbox_shut(struct mailbox *m, mailbox_done *done, void *arg)
{
	op_start(op_new(m, shut, 0), done, arg);
}

void mailbox_unshut(struct mailbox *m)
{
	m->shut = false;
}

/* ---- delete ---- */

static enum op_step delete_messages(struct op *op, struct folder *f)
{
	struct item *items;
	size_t n = f->items_count < OP_CHUNK ? f->items_count : OP_CHUNK;
	enum op_step next;

	items = mem_copy(f->items, n * sizeof(struct item));
	next = expunge_chunk(op, f, items, n, box_keep_days(f) > 0);
	mem_free(items);
	return next;
}

static enum err delete_allowed(struct op *op, struct folder *f)
{
	if (op->m->removing)
		return ERR_NOBOX;
	if (!f || f->nonexistent)
		return ERR_NOFOLDER;
	if (f == box_inbox(op->m))
		return ERR_INBOX;
	/* Posts would have nowhere to wait. */
	if (moderation_of(op->m, f->id) != 0)
		return ERR_UNSUPPORTED;
	return f->noselect && box_has_children(op->m, f) ? ERR_HASCHILDREN : ERR_OK;
}

/* What brings it back, while it still is what it was. */
static enum err note_gone(struct op *op, const struct folder *f)
{
	struct tree *t = op->state;
	struct annotation_list annotations;
	struct buf value, keywords, acl;
	struct wr to = wr_to(&value), to_keywords = wr_to(&keywords), to_acl = wr_to(&acl);
	struct gone_row row = { .folder = f->id, .deleted = store_seconds(op->m->store), .first = t->retained_first, .uidvalidity = f->uidvalidity,
		.uidnext = f->uidnext, .recent_from = f->recent_from, .messages = t->messages, .specials = f->specials, .age_days = f->age_days,
		.keep_days = f->keep_days, .name = f->name };
	enum err e = annotation_read(op->m, f->id, &op->arena, &annotations);

	if (e != ERR_OK)
		return e;
	buf_init(&value, KV_VALUE_OCTETS_MAX);
	buf_init(&keywords, KV_VALUE_OCTETS_MAX);
	buf_init(&acl, KV_VALUE_OCTETS_MAX);
	if (f->keywords_count > 0)
		keywords_row_put(&to_keywords, f->keywords, f->keywords_count);
	if (f->acl)
		acl_row_put(&to_acl, f->acl);
	row.keywords = buf_str(&keywords);
	row.acl = buf_str(&acl);
	row.annotations = annotations.count > 0 ? annotation_row(&op->arena, &annotations) : STR_NONE;
	gone_row_put(&to, &row);
	t->gone = arena_str(&op->arena, buf_str(&value));
	buf_done(&value);
	buf_done(&keywords);
	buf_done(&acl);
	return ERR_OK;
}

static enum op_step delete_step(struct op *op)
{
	struct tree *t = op->state;
	struct folder *f = op->used[0];
	struct plan_row *row;
	enum err e = op->err;

	if (tree_plan_settled(op))
		return OP_DONE;
	if (e == ERR_OK && !f) {
		f = box_folder_named(op->m, t->name);
		e = delete_allowed(op, f);
		if (e != ERR_OK)
			return op_end(op, e);
		folder_use(f);
		op->used[0] = f;
		e = folder_load(f);
		t->retained_first = op->m->row.retained_next;
		t->messages = (uint32_t)f->items_count;
	}
	if (e != ERR_OK)
		return op_end(op, e);
	if (f->items_count > 0)
		return delete_messages(op, f);
	e = box_keep_days(f) > 0 && !f->noselect ? note_gone(op, f) : ERR_OK;
	if (e != ERR_OK)
		return op_end(op, e);
	tree_plan_begin(op);
	if (!box_has_children(op->m, f) && !f->subscribed) {
		tree_plan_add(t, f, PLAN_GONE);
		return tree_plan_submit(op);
	}
	row = tree_plan_add(t, f, PLAN_CHANGED);
	tree_plan_acl(row, NULL); /* RFC 4314 section 4: the list goes with the folder */
	row->attrs.specials = 0;
	row->attrs.noselect = box_has_children(op->m, f);
	row->attrs.nonexistent = !row->attrs.noselect;
	t->annotates = true;
	t->annotated = f->id;
	return tree_plan_submit(op);
}

/* ---- rename ---- */

static enum err rename_one(struct op *op, struct folder *f)
{
	struct tree *t = op->state;
	struct buf name;
	struct str made;
	struct folder *there;
	struct plan_row *row;
	enum err e;

	buf_init(&name, FOLDER_NAME_OCTETS_MAX + 1);
	buf_put(&name, t->to);
	buf_put(&name, str_skip(f->name, t->name.len));
	e = buf_overflowed(&name) ? ERR_FOLDERNAME : folder_name(&op->arena, buf_str(&name), &made);
	buf_done(&name);
	if (e != ERR_OK)
		return e;
	there = box_folder_named(op->m, made);
	if (there && !there->nonexistent)
		return ERR_FOLDEREXISTS;
	row = tree_plan_add(t, f, PLAN_CHANGED);
	row->attrs.name = made;
	if (there) {
		row->attrs.subscribed = true;
		tree_plan_add(t, there, PLAN_GONE);
	}
	return ERR_OK;
}

static enum op_step rename_tree(struct op *op, struct folder *f)
{
	struct tree *t = op->state;
	enum err e = name_within(t->to, t->name) ? ERR_FOLDERNAME : ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < op->m->folders_count; i++) {
		if (name_within(op->m->folders[i]->name, t->name))
			e = rename_one(op, op->m->folders[i]);
	}
	if (e == ERR_OK)
		e = tree_plan_parents(op, t->to);
	if (e != ERR_OK)
		return tree_plan_refuse(op, e);
	op->folder = f->id;
	op->uidvalidity = f->uidvalidity;
	return tree_plan_submit(op);
}

/* RFC 5464 section 4.1. */
static enum err copy_annotations(struct op *op, const struct folder *from, const struct folder *to)
{
	struct tree *t = op->state;
	struct annotation_list list;
	enum err e = annotation_read(op->m, from->id, &op->arena, &list);

	if (e != ERR_OK)
		return e;
	t->annotations = annotation_row(&op->arena, &list);
	e = annotation_room(op->m, to->id, t->annotations.len);
	t->annotates = e == ERR_OK;
	t->annotated = to->id;
	return e == ERR_TOOMANYENTRIES ? ERR_OK : e; /* INBOX has them still */
}

/* INBOX stays; its messages go to a new folder that has the same keywords under the same numbers.
 */
static enum op_step rename_inbox(struct op *op, struct folder *inbox)
{
	struct tree *t = op->state;
	struct plan_row *row = NULL;
	unsigned number;
	enum err e = tree_plan_make(op, t->to, true, &row);

	if (e == ERR_OK)
		e = folder_load(inbox);
	if (e == ERR_OK)
		e = tree_plan_parents(op, t->to);
	if (e == ERR_OK)
		e = folder_keywords_load(row->f);
	for (size_t i = 0; e == ERR_OK && i < inbox->keywords_count; i++) {
		e = folder_keyword_number(row->f, inbox->keywords[i], true, &number);
		if (e == ERR_OK && number != i)
			e = ERR_LIMIT;
	}
	if (e == ERR_OK)
		e = copy_annotations(op, inbox, row->f);
	if (e != ERR_OK)
		return tree_plan_refuse(op, e);
	t->end = inbox->uid_visible;
	tree_plan_result(op, row);
	op->used[1] = row->f;
	folder_use(row->f);
	return tree_plan_submit(op);
}

static enum op_step move_chunk(struct op *op)
{
	struct tree *t = op->state;
	struct folder *from = op->used[0], *to = op->used[1];
	size_t n = folder_lower(from, t->end);
	struct str *notes;
	struct arena a;
	struct write *w;
	struct part *p;
	enum err e;

	op->uids_sound = op->uids.count;
	if (n == 0 || op->m->removing)
		return op_end(op, ERR_OK);
	n = n < OP_CHUNK ? n : OP_CHUNK;
	if (UINT32_MAX - to->uidnext <= n)
		return op_end(op, ERR_LIMIT);
	arena_init(&a, ARENA_NONE);
	e = note_read_many(from, from->items, n, &a, &notes);
	if (e != ERR_OK) {
		arena_done(&a);
		return op_end(op, e);
	}
	w = write_new(op->m->store);
	p = write_part(w, op->m);
	write_frees(w);
	for (size_t i = 0; i < n; i++)
		write_vanish(w, p, from, &from->items[i], notes[i]);
	for (size_t i = 0; i < n; i++) {
		struct item it = from->items[i];

		u32s_put(&op->uids, it.uid);
		it.uid = write_uid(to);
		it.modseq = part_modseq(p);
		write_add(w, p, to, &it, notes[i]);
		u32s_put(&op->new_uids, it.uid);
	}
	arena_done(&a);
	return op_commit(op, w, p);
}

static enum op_step rename_step(struct op *op)
{
	struct tree *t = op->state;
	struct folder *f;
	enum err e;

	if (tree_plan_settled(op) && op->err == ERR_OK && t->end > 0)
		return move_chunk(op);
	if (t->submitted) {
		op->uids.count = op->new_uids.count = op->uids_sound;
		return OP_DONE;
	}
	e = tree_plan_ready(op);
	f = e == ERR_OK ? box_folder_named(op->m, t->name) : NULL;
	if (!f || f->nonexistent)
		return op_end(op, e != ERR_OK ? e : ERR_NOFOLDER);
	folder_use(f);
	op->used[0] = f;
	return f == box_inbox(op->m) ? rename_inbox(op, f) : rename_tree(op, f);
}

/* ---- subscribe ---- */

static enum op_step subscribe(struct op *op)
{
	struct tree *t = op->state;
	struct folder *f;
	struct plan_row *row;
	enum err e;

	if (tree_plan_settled(op))
		return OP_DONE;
	e = tree_plan_ready(op);
	f = box_folder_named(op->m, t->name);
	if (e == ERR_OK && !f && t->on && op->m->folders_count >= FOLDERS_MAX)
		e = ERR_LIMIT;
	if (e != ERR_OK || (!f && !t->on) || (f && f->subscribed == t->on))
		return op_end(op, e);
	if (f && f->nonexistent) {
		tree_plan_add(t, f, PLAN_GONE);
		return tree_plan_submit(op);
	}
	row = f ? tree_plan_add(t, f, PLAN_CHANGED) : tree_plan_new(op, t->name);
	row->attrs.subscribed = t->on;
	row->attrs.nonexistent = !f;
	return tree_plan_submit(op);
}

/* ---- annotate ---- */

/* The folder, in the plan when it gets special uses; 0 and NULL: the mailbox itself. */
static enum err plan_annotated(struct op *op)
{
	struct tree *t = op->state;
	const struct annotate_request *r = &t->wanted;
	struct folder *f = r->folder ? map_get(&op->m->by_id, r->folder) : NULL;
	struct plan_row *row;

	if (r->folder != 0 && (!f || f->nonexistent))
		return ERR_NOFOLDER;
	if (!r->specials_given || (f && (f->specials & FOLDER_SPECIAL_USES) == r->specials))
		return ERR_OK;
	if (!f)
		return ERR_USEATTR;
	row = tree_plan_add(t, f, PLAN_CHANGED);
	return tree_plan_specials(op, row);
}

static enum op_step annotate(struct op *op)
{
	struct tree *t = op->state;
	const struct annotate_request *r = &t->wanted;
	struct annotation_list was, list;
	enum err e;

	if (tree_plan_settled(op)) {
		if (op->err == ERR_OK)
			annotation_tell(op->m, r->folder, &r->changes, op->arg);
		return OP_DONE;
	}
	e = tree_plan_ready(op);
	if (e == ERR_OK)
		e = plan_annotated(op);
	if (e == ERR_OK)
		e = annotation_read(op->m, r->folder, &op->arena, &was);
	if (e == ERR_OK)
		e = annotation_merge(&op->arena, &was, &r->changes, &list);
	if (e == ERR_OK) {
		t->annotations = annotation_row(&op->arena, &list);
		e = annotation_room(op->m, r->folder, t->annotations.len);
	}
	if (e != ERR_OK)
		return tree_plan_refuse(op, e);
	t->annotates = r->changes.count > 0;
	t->annotated = r->folder;
	return t->annotates || t->count > 0 ? tree_plan_submit(op) : op_end(op, ERR_OK);
}

/* ---- calls ---- */

static void start(struct mailbox *m, enum op_step (*step)(struct op *), const struct tree *given,
	mailbox_done *done, void *arg)
{
	struct op *op = op_new(m, step, sizeof(struct tree));
	struct tree *t = op->state;
	enum err e;

	*t = *given;
	e = folder_name(&op->arena, given->name, &t->name);
	if (e == ERR_OK && given->to.at)
		e = folder_name(&op->arena, given->to, &t->to);
	if (e == ERR_OK)
		op_start(op, done, arg);
	else
		op_refuse(op, e, done, arg);
}

void folder_create(
	struct mailbox *m, struct str name, unsigned specials, mailbox_done *done, void *arg)
{
	start(m, create, &(struct tree){ .name = name, .specials = specials }, done, arg);
}

void folder_create_for(struct mailbox *m, struct str name, uint64_t owner, mailbox_done *done, void *arg)
{
	start(m, create, &(struct tree){ .name = name, .owner = owner }, done, arg);
}

void folder_create_unused(
	struct mailbox *m, struct str name, unsigned specials, mailbox_done *done, void *arg)
{
	start(m, create, &(struct tree){ .name = name, .specials = specials, .unused = true }, done, arg);
}

void folder_delete(struct mailbox *m, struct str name, mailbox_done *done, void *arg)
{
	start(m, delete_step, &(struct tree){ .name = name }, done, arg);
}

void folder_rename(struct mailbox *m, struct str from, struct str to, mailbox_done *done, void *arg)
{
	if (!to.at)
		to = S("");
	start(m, rename_step, &(struct tree){ .name = from, .to = to }, done, arg);
}

void folder_subscribe(struct mailbox *m, struct str name, bool on, mailbox_done *done, void *arg)
{
	start(m, subscribe, &(struct tree){ .name = name, .on = on }, done, arg);
}

void folder_annotate(struct mailbox *m, const struct annotate_request *request, mailbox_done *done, void *arg)
{
	struct op *op = op_new(m, annotate, sizeof(struct tree));
	struct tree *t = op->state;

	t->wanted = *request;
	t->wanted.changes = annotation_copy(&op->arena, &request->changes);
	t->specials = request->specials;
	op_start(op, done, arg);
}
