#include "store/note.h"

#include "base/mem.h"
#include "store/annotation.h"
#include "store/keys.h"
#include "store/note_row.h"
#include "store/op.h"

#define CHUNK        2000u             /* messages in one write set */
#define CHUNK_OCTETS ((size_t)4 << 20) /* of rows, read and written, in it */

/* ---- reading ---- */

enum err note_read_many(struct folder *f, const struct item *items, size_t count, struct arena *a, struct str **ret)
{
	struct key *keys = ARENA_ARRAY(a, struct key, count + 1);
	struct kv_read *reads = ARENA_ARRAY(a, struct kv_read, count + 1);
	struct str *rows = ARENA_ARRAY(a, struct str, count + 1);
	size_t n = 0;
	enum err e = ERR_OK;

	for (size_t i = 0; i < count; i++) {
		if (!items[i].noted)
			continue;
		keys[n] = key_note(f->id, items[i].uid);
		reads[n] = (struct kv_read){ .shard = f->mailbox->id, .key = key_str(&keys[n]) };
		n++;
	}
	if (n > 0)
		e = kv_read_all(f->mailbox->store->kv, reads, n, a);
	for (size_t i = 0, at = 0; e == ERR_OK && i < count; i++) {
		if (!items[i].noted)
			continue;
		rows[i] = reads[at].ret_found ? reads[at].ret_value : STR_NONE;
		at++;
	}
	*ret = rows;
	return e;
}

enum err note_read(struct folder *f, const struct item *it, struct arena *a, struct str *ret)
{
	struct key key = key_note(f->id, it->uid);
	struct kv_read read = { .shard = f->mailbox->id, .key = key_str(&key) };
	enum err e;

	*ret = STR_NONE;
	if (!it->noted)
		return ERR_OK;
	e = kv_read_all(f->mailbox->store->kv, &read, 1, a);
	if (e == ERR_OK && read.ret_found)
		*ret = read.ret_value;
	return e;
}

enum err message_notes(struct mailbox *m, uint32_t folder, const struct item *it, struct arena *a, struct annotation_list *ret)
{
	struct folder *f = it->noted ? box_folder(m, folder) : NULL;
	struct str row = STR_NONE;
	enum err e = f ? note_read(f, it, a, &row) : ERR_OK;

	*ret = (struct annotation_list){ 0 };
	return e == ERR_OK && row.len > 0 ? note_row_get(row, a, ret) : e;
}

enum err note_carried(struct arena *a, struct str row, const struct note_carry *carry, struct str *ret)
{
	struct annotation_list list;
	struct annotation *kept;
	size_t count = 0;
	enum err e;

	*ret = row;
	if (row.len == 0 || carry->all)
		return ERR_OK;
	e = note_row_get(row, a, &list);
	if (e != ERR_OK)
		return e;
	kept = ARENA_ARRAY(a, struct annotation, list.count);
	for (size_t i = 0; i < list.count; i++) {
		uint64_t owner = list.rows[i].owner;

		if (owner == 0 ? carry->shared : owner == carry->account)
			kept[count++] = list.rows[i];
	}
	*ret = note_row(a, &(struct annotation_list){ kept, count });
	return ERR_OK;
}

bool note_has_room(const struct mailbox *m, uint64_t octets)
{
	return m->sub.notes + octets <= NOTES_BOX_OCTETS_MAX;
}

/* ---- names ---- */

/* Several changes may be about one entry: it is named once for each owner. */
static bool is_named(const struct note_names *names, const struct annotation *n)
{
	for (size_t i = 0; i < names->count; i++) {
		if (note_order(&names->of[i], n) == 0)
			return true;
	}
	return false;
}

struct note_names *note_names_new(const struct annotation_list *changes)
{
	struct note_names *names = MEM_NEW(struct note_names);

	names->refs = 1;
	arena_init(&names->arena, ARENA_NONE);
	names->of = ARENA_ARRAY(&names->arena, struct annotation, changes->count + 1);
	for (size_t i = 0; i < changes->count; i++) {
		const struct annotation *n = &changes->rows[i];

		if (!is_named(names, n))
			names->of[names->count++] =
				(struct annotation){ .owner = n->owner, .entry = arena_str(&names->arena, n->entry) };
	}
	return names;
}

struct note_names *note_names_ref(struct note_names *names)
{
	if (names)
		names->refs++;
	return names;
}

void note_names_unref(struct note_names *names)
{
	if (!names || --names->refs > 0)
		return;
	arena_done(&names->arena);
	mem_free(names);
}

/* ---- changing ---- */

struct noting {
	struct note_request request;
	struct uid_list list;
	size_t at; /* next in the list */
	bool ready;
};

/* What becomes of a chunk is known before any of it is written. */
struct chunk {
	struct arena arena;
	struct planned {
		struct item item;
		struct note_rows rows;
	} *of;
	size_t count, octets;
	int64_t more; /* octets of rows, beside those that were */
};

/* ERR_OK also where nothing changes: x->count tells. */
static enum err plan(struct op *op, struct chunk *x, const struct item *it)
{
	struct noting *c = op->state;
	struct annotation_list was = { 0 }, is;
	struct planned *p = &x->of[x->count];
	enum err e = note_read(op->used[0], it, &x->arena, &p->rows.was);

	if (e == ERR_OK && p->rows.was.len > 0)
		e = note_row_get(p->rows.was, &x->arena, &was);
	if (e == ERR_OK)
		e = note_merge(&x->arena, &was, &c->request.changes, &is);
	if (e != ERR_OK)
		return e;
	p->rows.is = note_row(&x->arena, &is);
	x->octets += p->rows.was.len + p->rows.is.len;
	if (str_eq(p->rows.was, p->rows.is))
		return ERR_OK;
	p->item = *it;
	x->more += (int64_t)p->rows.is.len - (int64_t)p->rows.was.len;
	x->count++;
	return ERR_OK;
}

static enum err plan_chunk(struct op *op, struct chunk *x)
{
	struct noting *c = op->state;
	enum err e = ERR_OK;

	x->of = ARENA_ARRAY(&x->arena, struct planned, CHUNK);
	for (size_t looked = 0; e == ERR_OK && c->at < c->list.count && looked < CHUNK && x->octets < CHUNK_OCTETS; looked++) {
		const struct item *it = folder_item(op->used[0], c->list.uids[c->at++]);

		if (it && c->request.unchanged_since_given && it->modseq > c->request.unchanged_since)
			u32s_put(&op->refused, it->uid);
		else if (it)
			e = plan(op, x, it);
	}
	if (e == ERR_OK && x->more > 0 && !note_has_room(op->m, (uint64_t)x->more))
		e = ERR_QUOTA;
	return e;
}

static void write_chunk(struct op *op, struct write *w, struct part *p, struct chunk *x)
{
	struct noting *c = op->state;

	part_names(p, note_names_new(&c->request.changes));
	if (x->more <= 0)
		write_frees(w);
	for (size_t i = 0; i < x->count; i++) {
		struct item *it = &x->of[i].item;

		it->modseq = part_modseq(p);
		it->noted = x->of[i].rows.is.len > 0;
		write_noted(w, p, op->used[0], it, &x->of[i].rows);
		u32s_put(&op->uids, it->uid);
	}
}

static enum op_step chunk(struct op *op)
{
	struct noting *c = op->state;
	struct chunk x = { 0 };
	struct write *w = NULL;
	struct part *p;
	enum err e;

	arena_init(&x.arena, ARENA_NONE);
	e = plan_chunk(op, &x);
	if (e == ERR_OK && x.count > 0) {
		w = write_new(op->m->store);
		p = write_part(w, op->m);
		write_chunk(op, w, p, &x);
		op_commit(op, w, p);
	}
	arena_done(&x.arena);
	if (e != ERR_OK)
		return op_end(op, e);
	if (w)
		return OP_WAIT;
	return c->at < c->list.count ? OP_AGAIN : op_end(op, ERR_OK);
}

static enum op_step step(struct op *op)
{
	struct noting *c = op->state;

	if (!c->ready) {
		struct folder *f = op_folder(op, 0, c->request.folder);

		if (!f)
			return OP_DONE;
		c->ready = true;
		op->folder = f->id;
		op->uidvalidity = f->uidvalidity;
	} else if (op->err != ERR_OK) {
		op->uids.count = op->uids_sound;
		return OP_DONE;
	}
	op->uids_sound = op->uids.count;
	return op->used[0]->gone ? op_end(op, ERR_NOFOLDER) : chunk(op);
}

void mailbox_note(struct mailbox *m, const struct note_request *request, mailbox_done *done, void *arg)
{
	struct op *op = op_new(m, step, sizeof(struct noting));
	struct noting *c = op->state;

	c->request = *request;
	c->request.changes = annotation_copy(&op->arena, &request->changes);
	c->list = op_uids(op, request->list);
	op_start(op, done, arg);
}
