#include "store/mailbox.h"

#include "base/mem.h"
#include "store/annotation.h"
#include "store/note.h"
#include "store/expunge.h"
#include "store/name.h"

/* Creating, deleting, renaming, subscribing and annotating: a plan is made, written in one write set, and
 * applied when on disk. */

enum plan_kind { PLAN_NEW, PLAN_CHANGED, PLAN_GONE };

struct plan_row {
	struct folder *f;
	enum plan_kind kind;
	struct folder_attrs attrs;
	bool sets_acl;
	struct acl *acl; /* owned; NULL: none */
};

struct tree {
	struct str name, to;
	unsigned specials;
	bool on;
	bool unused; /* the special uses are taken from nobody */
	uint64_t owner; /* gets all rights on what is made; 0: nobody */
	struct plan_row *rows;
	size_t count, room;
	uint32_t places; /* for folders that the mailbox may still have */
	bool annotates; /* the row of annotations of that folder (0: the mailbox's own) becomes that */
	uint32_t annotated;
	struct str annotations;
	struct annotate_request wanted;
	bool submitted, applied;
	uint32_t end; /* rename of INBOX: uids from here on came later and stay */
};

/* ---- the plan ---- */

static void plan_begin(struct op *op)
{
	struct tree *t = op->state;
	struct mailbox_stats stats;

	mailbox_stats(op->m, &stats);
	t->places = stats.folders < stats.folders_max ? stats.folders_max - stats.folders : 0;
	if (t->unused)
		t->places = UINT32_MAX;
	t->room = op->m->folders_count + FOLDER_DEPTH_MAX + 1;
	t->rows = ARENA_ARRAY(&op->arena, struct plan_row, t->room);
}

static struct plan_row *plan_add(struct tree *t, struct folder *f, enum plan_kind kind)
{
	struct plan_row *row = &t->rows[t->count++];

	must(t->count <= t->room);
	row->f = f;
	row->kind = kind;
	row->attrs = box_attrs(f);
	return row;
}

static struct plan_row *plan_new(struct op *op, struct str name)
{
	struct tree *t = op->state;
	struct folder *f = box_folder_new(op->m, op->m->row.folder_next++, name);

	f->uidvalidity = box_uidvalidity(op->m);
	f->keywords_loaded = true;
	return plan_add(t, f, PLAN_NEW);
}

static void plan_acl(struct plan_row *row, const struct acl *acl)
{
	row->sets_acl = row->f->acl || acl;
	row->acl = acl_copy(acl);
}

/* RFC 4314 section 4: as the folder above it, and with all rights for whoever it is to belong to. */
static enum err plan_first_acl(struct op *op, struct plan_row *row)
{
	const struct tree *t = op->state;
	const struct acl *above = box_acl_above(op->m, row->attrs.name);
	struct acl_change owner = { .entry = { .kind = ACL_ACCOUNT, .account = t->owner, .rights = ACL_ALL | ACL_CONTACT } };

	if (t->owner == 0) {
		plan_acl(row, above);
		return ERR_OK;
	}
	row->sets_acl = true;
	return acl_change(above, &owner, &row->acl);
}

/* A name comes into being: anew, or where only a subscription or a holder of children was. */
static enum err plan_make(struct op *op, struct str name, bool holder_too, struct plan_row **ret)
{
	struct tree *t = op->state;
	struct folder *f = box_folder_named(op->m, name);
	struct plan_row *row;

	if (f && !f->nonexistent && !(f->noselect && holder_too))
		return ERR_FOLDEREXISTS;
	if ((!f || f->nonexistent) && t->places == 0)
		return ERR_QUOTA;
	if (!f && op->m->folders_count + t->count >= FOLDERS_MAX)
		return ERR_LIMIT;
	t->places -= !f || f->nonexistent;
	row = f ? plan_add(t, f, PLAN_CHANGED) : plan_new(op, name);
	row->attrs.nonexistent = row->attrs.noselect = false;
	if (f)
		row->attrs.uidvalidity = box_uidvalidity(op->m);
	*ret = row;
	return plan_first_acl(op, row);
}

static enum err plan_parents(struct op *op, struct str name)
{
	struct plan_row *row;

	for (struct str parent = name_parent(name); parent.len > 0; parent = name_parent(parent)) {
		enum err e = plan_make(op, parent, false, &row);

		if (e == ERR_FOLDEREXISTS)
			break;
		if (e != ERR_OK)
			return e;
	}
	return ERR_OK;
}

static void plan_drop(struct tree *t)
{
	for (size_t i = 0; i < t->count; i++) {
		struct plan_row *row = &t->rows[i];

		row->f->pending = NULL;
		row->f->dying = false;
		acl_free(row->acl);
		if (row->kind == PLAN_NEW)
			box_folder_remove(row->f);
	}
	t->count = 0;
}

static enum op_step plan_submit(struct op *op)
{
	static const enum mailbox_change_kind kinds[] = { CHANGE_FOLDER_NEW, CHANGE_FOLDER_CHANGED,
		CHANGE_FOLDER_GONE };
	struct tree *t = op->state;
	struct write *w = write_new(op->m->store);
	struct part *p = write_part(w, op->m);

	for (size_t i = 0; i < t->count; i++) {
		struct plan_row *row = &t->rows[i];

		if (row->kind == PLAN_GONE)
			write_frees(w);
		write_touch(p, row->f);
		write_log(p, kinds[row->kind], row->f->id);
		if (row->sets_acl)
			write_acl(w, p, row->f->id, row->acl);
		if (row->attrs.noselect || row->attrs.nonexistent) {
			write_urls_gone(w, p, row->f->id);
			write_age(w, p, row->f->id, FOLDER_AGE_DEFAULT);
			write_keep(w, p, row->f->id, FOLDER_AGE_DEFAULT);
		}
		if (row->kind == PLAN_GONE)
			write_folder_gone(w, p, row->f);
		else
			row->f->pending = &row->attrs;
	}
	if (t->annotates)
		write_annotations(w, p, t->annotated, t->annotations);
	/* RFC 7162 section 3.2: the folder has another modseq then. */
	if (t->annotates && box_folder(op->m, t->annotated) != NULL)
		write_touch(p, box_folder(op->m, t->annotated));
	t->submitted = true;
	return op_commit(op, w, p);
}

/* Special uses are the annotation /private/specialuse as well (RFC 6154 section 4). Those of the first row are what was asked
 * for; others lost theirs to it, which whoever asked hears of, too. */
static void tell_specials(struct op *op, const struct plan_row *row)
{
	struct annotation specialuse = { .entry = S("/private/specialuse") };
	struct tree *t = op->state;

	if (row->f->specials != row->attrs.specials && !row->attrs.nonexistent)
		annotation_tell(op->m, row->f->id, &(struct annotation_list){ &specialuse, 1 },
			row == t->rows ? op->arg : NULL);
}

static void plan_apply(struct op *op)
{
	struct tree *t = op->state;

	for (size_t i = 0; i < t->count; i++) {
		struct plan_row *row = &t->rows[i];
		struct folder *f = row->f;

		f->pending = NULL;
		if (row->kind == PLAN_GONE) {
			box_folder_remove(f);
			continue;
		}
		tell_specials(op, row);
		f->uidvalidity = row->attrs.uidvalidity;
		f->specials = row->attrs.specials;
		f->subscribed = row->attrs.subscribed;
		if (row->sets_acl) {
			acl_free(f->acl);
			f->acl = row->acl;
		}
		if (row->attrs.noselect || row->attrs.nonexistent)
			f->age_days = f->keep_days = FOLDER_AGE_DEFAULT;
		f->noselect = row->attrs.noselect;
		f->nonexistent = row->attrs.nonexistent;
		if (!str_eq(f->name, row->attrs.name))
			box_folder_rename(f, row->attrs.name);
	}
	box_folders_sort(op->m);
	for (size_t i = 0; i < t->count; i++) {
		if (t->rows[i].kind == PLAN_NEW)
			box_folder_add(t->rows[i].f);
	}
	t->applied = true;
}

/* True: the write set was submitted before and this is its outcome. */
static bool settled(struct op *op)
{
	struct tree *t = op->state;

	if (!t->submitted || t->applied)
		return t->applied;
	if (op->err == ERR_OK)
		plan_apply(op);
	else
		plan_drop(t);
	return true;
}

static enum op_step plan_refuse(struct op *op, enum err e)
{
	plan_drop(op->state);
	return op_end(op, e);
}

static void result(struct op *op, const struct plan_row *row)
{
	op->folder = row->f->id;
	op->uidvalidity = row->attrs.uidvalidity;
}

static enum err begin(struct op *op)
{
	if (op->m->removing)
		return ERR_NOBOX;
	plan_begin(op);
	return ERR_OK;
}

/* A folder gets the special uses, others lose them. Those that have any exist, so they are not in the plan yet. */
static enum err plan_specials(struct op *op, struct plan_row *to)
{
	struct tree *t = op->state;

	if ((t->specials & ~FOLDER_SPECIAL_USES) != 0 ||
		(t->specials != 0 && (to->f == box_inbox(op->m) || to->attrs.noselect)))
		return ERR_USEATTR;
	for (size_t i = 0; i < op->m->folders_count; i++) {
		struct folder *f = op->m->folders[i];

		if (f == to->f || (f->specials & t->specials) == 0)
			continue;
		if (t->unused)
			return ERR_EXISTS;
		plan_add(t, f, PLAN_CHANGED)->attrs.specials &= ~t->specials;
	}
	to->attrs.specials = (to->attrs.specials & FOLDER_SPECIAL_INBOX) | t->specials;
	return ERR_OK;
}

/* ---- create ---- */

static enum op_step create(struct op *op)
{
	struct tree *t = op->state;
	struct plan_row *row;
	enum err e;

	if (settled(op))
		return OP_DONE;
	e = begin(op);
	if (e == ERR_OK)
		e = plan_make(op, t->name, true, &row);
	if (e == ERR_OK)
		e = plan_specials(op, row);
	if (e != ERR_OK)
		return plan_refuse(op, e);
	result(op, row);
	e = plan_parents(op, t->name);
	return e == ERR_OK ? plan_submit(op) : plan_refuse(op, e);
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
	return f->noselect && box_has_children(op->m, f) ? ERR_HASCHILDREN : ERR_OK;
}

static enum op_step delete_step(struct op *op)
{
	struct tree *t = op->state;
	struct folder *f = op->used[0];
	struct plan_row *row;
	enum err e = op->err;

	if (settled(op))
		return OP_DONE;
	if (e == ERR_OK && !f) {
		f = box_folder_named(op->m, t->name);
		e = delete_allowed(op, f);
		if (e != ERR_OK)
			return op_end(op, e);
		folder_use(f);
		op->used[0] = f;
		e = folder_load(f);
	}
	if (e != ERR_OK)
		return op_end(op, e);
	if (f->items_count > 0)
		return delete_messages(op, f);
	plan_begin(op);
	if (!box_has_children(op->m, f) && !f->subscribed) {
		plan_add(t, f, PLAN_GONE);
		return plan_submit(op);
	}
	row = plan_add(t, f, PLAN_CHANGED);
	plan_acl(row, NULL); /* RFC 4314 section 4: the list goes with the folder */
	row->attrs.specials = 0;
	row->attrs.noselect = box_has_children(op->m, f);
	row->attrs.nonexistent = !row->attrs.noselect;
	t->annotates = true;
	t->annotated = f->id;
	return plan_submit(op);
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
	row = plan_add(t, f, PLAN_CHANGED);
	row->attrs.name = made;
	if (there) {
		row->attrs.subscribed = true;
		plan_add(t, there, PLAN_GONE);
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
		e = plan_parents(op, t->to);
	if (e != ERR_OK)
		return plan_refuse(op, e);
	op->folder = f->id;
	op->uidvalidity = f->uidvalidity;
	return plan_submit(op);
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
	enum err e = plan_make(op, t->to, true, &row);

	if (e == ERR_OK)
		e = folder_load(inbox);
	if (e == ERR_OK)
		e = plan_parents(op, t->to);
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
		return plan_refuse(op, e);
	t->end = inbox->uid_visible;
	result(op, row);
	op->used[1] = row->f;
	folder_use(row->f);
	return plan_submit(op);
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

	if (settled(op) && op->err == ERR_OK && t->end > 0)
		return move_chunk(op);
	if (t->submitted) {
		op->uids.count = op->new_uids.count = op->uids_sound;
		return OP_DONE;
	}
	e = begin(op);
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

	if (settled(op))
		return OP_DONE;
	e = begin(op);
	f = box_folder_named(op->m, t->name);
	if (e == ERR_OK && !f && t->on && op->m->folders_count >= FOLDERS_MAX)
		e = ERR_LIMIT;
	if (e != ERR_OK || (!f && !t->on) || (f && f->subscribed == t->on))
		return op_end(op, e);
	if (f && f->nonexistent) {
		plan_add(t, f, PLAN_GONE);
		return plan_submit(op);
	}
	row = f ? plan_add(t, f, PLAN_CHANGED) : plan_new(op, t->name);
	row->attrs.subscribed = t->on;
	row->attrs.nonexistent = !f;
	return plan_submit(op);
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
	row = plan_add(t, f, PLAN_CHANGED);
	return plan_specials(op, row);
}

static enum op_step annotate(struct op *op)
{
	struct tree *t = op->state;
	const struct annotate_request *r = &t->wanted;
	struct annotation_list was, list;
	enum err e;

	if (settled(op)) {
		if (op->err == ERR_OK)
			annotation_tell(op->m, r->folder, &r->changes, op->arg);
		return OP_DONE;
	}
	e = begin(op);
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
		return plan_refuse(op, e);
	t->annotates = r->changes.count > 0;
	t->annotated = r->folder;
	return t->annotates || t->count > 0 ? plan_submit(op) : op_end(op, ERR_OK);
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
