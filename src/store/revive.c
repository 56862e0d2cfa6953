#include "store/tree_plan.h"

#include "base/mem.h"
#include "store/annotation.h"
#include "store/gone_row.h"
#include "store/keys.h"
#include "store/recover.h"

/*
 * A deleted folder comes back: first its rows, then its messages some at a time, in the end the row that remembered it goes. Nobody sees the folder
 * before that. A crash on the way leaves it there with some of its messages, and the others retained.
 */

/* ---- what is there ---- */

struct listing {
	struct mailbox *m;
	retained_folder_each *each;
	void *arg;
	enum err err;
};

static bool list_row(void *arg, struct str key, struct str value)
{
	struct listing *l = arg;
	struct retained_folder f = { 0 };
	struct gone_row row;
	uint32_t days;

	l->err = key_number_get(key, &f.id);
	if (l->err == ERR_OK)
		l->err = gone_row_get(value, &row);
	if (l->err != ERR_OK)
		return false;
	days = row.keep_days != FOLDER_AGE_DEFAULT ? row.keep_days : l->m->limits.retention_days;
	f.folder = row.folder;
	f.deleted = row.deleted;
	f.until = row.deleted + (int64_t)days * 86400;
	f.name = row.name;
	f.messages = row.messages;
	return l->each(l->arg, &f);
}

enum err mailbox_retained_folders(struct mailbox *m, uint64_t from, retained_folder_each *each, void *arg)
{
	struct key first = key_number(KEYS_GONE, from), to = key_kind_end(KEYS_GONE);
	struct listing l = { m, each, arg, ERR_OK };
	enum err e = kv_scan(m->store->kv, m->id, key_str(&first), key_str(&to), 0, list_row, &l);

	return e != ERR_OK ? e : l.err;
}

/* ---- the folder ---- */

struct revive {
	struct tree tree; /* first: tree_plan.h */
	uint64_t id, next; /* next: of the retained messages */
	struct gone_row row; /* views into the op's arena */
	struct folder *f;
	bool own;       /* it is the same folder again, with its uids */
	uint32_t above; /* own: the next uid is above it */
	bool planned, begun, ending;
};

static enum err read_gone(struct op *op)
{
	struct revive *r = op->state;
	struct key key = key_number(KEYS_GONE, r->id);
	struct kv_read read = { .shard = op->m->id, .key = key_str(&key) };
	enum err e = kv_read_all(op->m->store->kv, &read, 1, &op->arena);

	if (e == ERR_OK && !read.ret_found)
		return ERR_NOTFOUND;
	if (e == ERR_OK)
		e = gone_row_get(read.ret_value, &r->row);
	r->next = r->row.first;
	return e;
}

/* Under its old number no uid was given meanwhile, and nobody looks at what is there. */
static bool can_be_own(const struct op *op, const struct folder *named)
{
	const struct revive *r = op->state;
	const struct folder *there = map_get(&op->m->by_id, r->row.folder);

	if (!there)
		return named == NULL;
	return there == named && there->uidnext == r->row.uidnext && list_empty(&there->views) && there->items_count == 0;
}

static void take_keyword(void *arg, struct str name)
{
	unsigned number;

	(void)!folder_keyword_number(arg, name, true, &number);
}

static unsigned free_specials(const struct op *op)
{
	const struct revive *r = op->state;
	unsigned free = r->row.specials & FOLDER_SPECIAL_USES;

	for (size_t i = 0; i < op->m->folders_count; i++)
		free &= ~op->m->folders[i]->specials;
	return free;
}

static enum err make_row(struct op *op, struct plan_row **ret)
{
	struct revive *r = op->state;
	struct tree *t = &r->tree;
	struct folder *named = box_folder_named(op->m, t->name);

	r->own = can_be_own(op, named);
	if (!r->own || named)
		return tree_plan_make(op, t->name, true, ret);
	if (t->places == 0)
		return ERR_QUOTA;
	if (op->m->folders_count >= FOLDERS_MAX)
		return ERR_LIMIT;
	*ret = tree_plan_add(t, box_folder_new(op->m, r->row.folder, t->name), PLAN_NEW);
	t->places--;
	(*ret)->f->keywords_loaded = true;
	return ERR_OK;
}

static enum err fill_row(struct op *op, struct plan_row *row)
{
	struct revive *r = op->state;
	struct tree *t = &r->tree;
	struct folder *f = r->f = row->f;
	enum err e = folder_keywords_load(f);

	acl_free(row->acl);
	row->acl = NULL;
	row->sets_acl = true;
	if (e == ERR_OK && r->row.acl.len > 0)
		e = acl_row_get(r->row.acl, &row->acl);
	if (e != ERR_OK)
		return e;
	row->attrs.specials = free_specials(op);
	if (r->row.keywords.len > 0)
		(void)!keywords_row_get(r->row.keywords, take_keyword, f);
	t->annotated = f->id;
	t->annotations = r->row.annotations;
	t->annotates = t->annotations.len > 0 && annotation_room(op->m, f->id, t->annotations.len) == ERR_OK;
	if (r->own) {
		row->attrs.uidvalidity = r->row.uidvalidity;
		f->uidnext = r->row.uidnext;
		f->recent_from = r->row.recent_from;
	} else if (row->kind == PLAN_NEW) {
		row->attrs.uidvalidity = f->uidvalidity;
	}
	return ERR_OK;
}

static enum op_step plan(struct op *op)
{
	struct revive *r = op->state;
	struct tree *t = &r->tree;
	struct plan_row *row = NULL;
	enum err e = tree_plan_ready(op);

	if (e == ERR_OK)
		e = read_gone(op);
	if (e == ERR_OK && t->name.len == 0)
		t->name = r->row.name;
	if (e == ERR_OK)
		e = make_row(op, &row);
	if (e == ERR_OK)
		e = fill_row(op, row);
	if (e == ERR_OK)
		e = tree_plan_parents(op, t->name);
	if (e != ERR_OK)
		return tree_plan_refuse(op, e);
	tree_plan_result(op, row);
	r->planned = true;
	return tree_plan_submit(op);
}

/* ---- its messages ---- */

struct chunk {
	struct revive *r;
	struct op *op;
	struct arena arena;
	struct retained_row rows[OP_CHUNK];
	uint64_t ids[OP_CHUNK];
	size_t count, looked;
	bool more;
};

static bool take_row(void *arg, struct str key, struct str value)
{
	struct chunk *c = arg;
	struct revive *r = c->r;
	struct retained_row row;
	uint64_t id;

	if (c->count == OP_CHUNK || c->looked++ == OP_SLICE) {
		c->more = true;
		return false;
	}
	if (key_number_get(key, &id) != ERR_OK)
		return true;
	r->next = id + 1;
	if (retained_row_get(value, &row) != ERR_OK || row.folder != r->row.folder)
		return true;
	if (r->own && (row.uid <= r->above || row.uid >= r->f->uidnext))
		return true; /* it stays where it can be recovered */
	if (!r->own && UINT32_MAX - r->f->uidnext <= OP_CHUNK)
		return true;
	r->above = row.uid;
	row.notes = arena_str(&c->arena, row.notes);
	row.keywords = arena_str(&c->arena, row.keywords);
	c->ids[c->count] = id;
	c->rows[c->count++] = row;
	return true;
}

static void write_rows(struct chunk *c)
{
	struct op *op = c->op;
	struct revive *r = c->r;
	struct write *w = write_new(op->m->store);
	struct part *p = write_part(w, op->m);

	for (size_t i = 0; i < c->count; i++) {
		struct recover_one one = { c->ids[i], &c->rows[i], r->f, r->own ? c->rows[i].uid : write_uid(r->f), &c->arena };

		recover_put_back(w, p, &one);
		u32s_put(&op->uids, c->rows[i].uid);
		u32s_put(&op->new_uids, one.uid);
	}
	op_commit(op, w, p);
}

static enum op_step last(struct op *op)
{
	struct revive *r = op->state;
	struct key key = key_number(KEYS_GONE, r->id);
	struct write *w = write_new(op->m->store);
	struct part *p = write_part(w, op->m);

	kv_del(write_kv(w), op->m->id, key_str(&key));
	write_age(w, p, r->f->id, r->row.age_days);
	write_keep(w, p, r->f->id, r->row.keep_days);
	write_touch(p, r->f);
	r->ending = true;
	return op_commit(op, w, p);
}

static enum op_step next_messages(struct op *op)
{
	struct revive *r = op->state;
	struct chunk *c = MEM_NEW(struct chunk);
	struct key from = key_number(KEYS_RETAINED, r->next), to = key_number(KEYS_RETAINED, r->id);
	enum op_step next;
	enum err e;

	c->r = r;
	c->op = op;
	arena_init(&c->arena, ARENA_NONE);
	op->uids_sound = op->uids.count;
	e = kv_scan(op->m->store->kv, op->m->id, key_str(&from), key_str(&to), 0, take_row, c);
	if (e == ERR_OK && c->count > 0)
		write_rows(c);
	next = c->count > 0 ? OP_WAIT : c->more ? OP_AGAIN : e == ERR_OK ? last(op) : op_end(op, e);
	arena_done(&c->arena);
	mem_free(c);
	return next;
}

/* Now it can be seen. */
static enum op_step end(struct op *op, enum err e)
{
	struct revive *r = op->state;

	if (e == ERR_OK) {
		r->f->age_days = r->row.age_days;
		r->f->keep_days = r->row.keep_days;
	}
	op->uids.count = op->new_uids.count = op->uids_sound;
	r->f->uid_visible = r->f->uidnext;
	tree_plan_apply(op);
	return op_end(op, e);
}

static enum op_step step(struct op *op)
{
	struct revive *r = op->state;
	enum op_step next;

	if (!r->planned)
		return plan(op);
	if (!r->tree.applied && op->modseqs_count == 0) { /* the plan itself was refused */
		tree_plan_drop(&r->tree);
		return OP_DONE;
	}
	if (op->err != ERR_OK || r->ending)
		return end(op, op->err);
	if (r->own && !r->begun)
		r->f->uid_visible = 1; /* they come in the order of their uids */
	r->begun = true;
	next = next_messages(op);
	return next == OP_DONE ? end(op, op->err) : next;
}

void folder_revive(struct mailbox *m, const struct revive_request *request, mailbox_done *done, void *arg)
{
	struct op *op = op_new(m, step, sizeof(struct revive));
	struct revive *r = op->state;
	enum err e = ERR_OK;

	r->id = request->id;
	r->tree.unused = request->no_quota;
	if (request->as.len > 0)
		e = folder_name(&op->arena, request->as, &r->tree.name);
	if (e == ERR_OK)
		op_start(op, done, arg);
	else
		op_refuse(op, e, done, arg);
}
