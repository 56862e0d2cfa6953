#include "store/tree_plan.h"

#include "store/annotation.h"
#include "store/keys.h"
#include "store/name.h"
#include "store/moderation.h"

void tree_plan_begin(struct op *op)
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

struct plan_row *tree_plan_add(struct tree *t, struct folder *f, enum plan_kind kind)
{
	struct plan_row *row = &t->rows[t->count++];

	must(t->count <= t->room);
	row->f = f;
	row->kind = kind;
	row->attrs = box_attrs(f);
	return row;
}

struct plan_row *tree_plan_new(struct op *op, struct str name)
{
	struct tree *t = op->state;
	struct folder *f = box_folder_new(op->m, op->m->row.folder_next++, name);

	f->uidvalidity = box_uidvalidity(op->m);
	f->keywords_loaded = true;
	return tree_plan_add(t, f, PLAN_NEW);
}

void tree_plan_acl(struct plan_row *row, const struct acl *acl)
{
	row->sets_acl = row->f->acl || acl;
	row->acl = acl_copy(acl);
}

/* RFC 4314 section 4: as the folder above it, and with all rights for whoever it is to belong to. */
static enum err first_acl(struct op *op, struct plan_row *row)
{
	const struct tree *t = op->state;
	const struct acl *above = box_acl_above(op->m, row->attrs.name);
	struct acl_change owner = { .entry = { .kind = ACL_ACCOUNT, .account = t->owner, .rights = ACL_ALL | ACL_CONTACT } };

	if (t->owner == 0) {
		tree_plan_acl(row, above);
		return ERR_OK;
	}
	row->sets_acl = true;
	return acl_change(above, &owner, &row->acl);
}

enum err tree_plan_make(struct op *op, struct str name, bool holder_too, struct plan_row **ret)
{
	struct tree *t = op->state;
	struct folder *f = box_folder_named(op->m, name);
	struct plan_row *row;

	if (f && !f->nonexistent && !(f->noselect && holder_too))
		return ERR_FOLDEREXISTS;
	if (op->m->shut)
		return ERR_BUSY;
	if ((!f || f->nonexistent) && t->places == 0)
		return ERR_QUOTA;
	if (!f && op->m->folders_count + t->count >= FOLDERS_MAX)
		return ERR_LIMIT;
	t->places -= !f || f->nonexistent;
	row = f ? tree_plan_add(t, f, PLAN_CHANGED) : tree_plan_new(op, name);
	row->attrs.nonexistent = row->attrs.noselect = false;
	if (f)
		row->attrs.uidvalidity = box_uidvalidity(op->m);
	*ret = row;
	return first_acl(op, row);
}

enum err tree_plan_parents(struct op *op, struct str name)
{
	struct plan_row *row;

	for (struct str parent = name_parent(name); parent.len > 0; parent = name_parent(parent)) {
		enum err e = tree_plan_make(op, parent, false, &row);

		if (e == ERR_FOLDEREXISTS)
			break;
		if (e != ERR_OK)
			return e;
	}
	return ERR_OK;
}

void tree_plan_drop(struct tree *t)
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

static void write_gone(struct op *op, struct write *w)
{
	const struct tree *t = op->state;
	struct key key = key_number(KEYS_GONE, op->m->row.retained_next++);

	kv_put(write_kv(w), op->m->id, key_str(&key), t->gone);
}

enum op_step tree_plan_submit(struct op *op)
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
			write_held(w, p, &(struct moderation){ .folder = row->f->id });
		}
		if (row->kind == PLAN_GONE)
			write_folder_gone(w, p, row->f);
		else
			row->f->pending = &row->attrs;
	}
	if (t->gone.len > 0)
		write_gone(op, w);
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

void tree_plan_apply(struct op *op)
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
		if (row->attrs.noselect || row->attrs.nonexistent) {
			f->age_days = f->keep_days = FOLDER_AGE_DEFAULT;
			f->held = f->held_told = 0;
		}
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

bool tree_plan_settled(struct op *op)
{
	struct tree *t = op->state;

	if (!t->submitted || t->applied)
		return t->applied;
	if (op->err == ERR_OK)
		tree_plan_apply(op);
	else
		tree_plan_drop(t);
	return true;
}

enum op_step tree_plan_refuse(struct op *op, enum err e)
{
	tree_plan_drop(op->state);
	return op_end(op, e);
}

void tree_plan_result(struct op *op, const struct plan_row *row)
{
	op->folder = row->f->id;
	op->uidvalidity = row->attrs.uidvalidity;
}

enum err tree_plan_ready(struct op *op)
{
	if (op->m->removing)
		return ERR_NOBOX;
	tree_plan_begin(op);
	return ERR_OK;
}

enum err tree_plan_specials(struct op *op, struct plan_row *to)
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
		tree_plan_add(t, f, PLAN_CHANGED)->attrs.specials &= ~t->specials;
	}
	to->attrs.specials = (to->attrs.specials & FOLDER_SPECIAL_INBOX) | t->specials;
	return ERR_OK;
}
