#include "store/expunge.h"

#include "base/mem.h"
#include "store/kept.h"
#include "store/keys.h"
#include "store/note.h"
#include "store/poster.h"
#include "store/purge.h"

struct expunge {
	struct expunge_request request;
	struct uid_list list;
	size_t at;          /* next in the list */
	uint32_t next, end; /* all: the next uid, and the first one that came after the beginning */
	bool ready;
};

/* By name: the folder's table may be another one when it comes back. */
static struct str keyword_row(struct arena *a, const struct folder *f, const struct item *it)
{
	struct str names[ITEM_KEYWORDS_MAX], row = STR_NONE;
	struct buf value;
	struct wr to = wr_to(&value);
	size_t count = 0;

	for (unsigned i = 0; i < f->keywords_count; i++) {
		if (item_keyword(it, i))
			names[count++] = f->keywords[i];
	}
	if (count == 0)
		return row;
	buf_init(&value, KV_VALUE_OCTETS_MAX);
	keywords_row_put(&to, names, count);
	row = arena_str(a, buf_str(&value));
	buf_done(&value);
	return row;
}

static void retain_row(struct op *op, struct write *w, struct part *p, struct expunge_set *x, size_t i)
{
	const struct item *it = &x->items[i];
	uint64_t id = op->m->row.retained_next++;
	struct key key = key_number(KEYS_RETAINED, id);
	struct item kept = *it;
	struct retained_row row = {
		.email = it->email,
		.date = it->date,
		.deleted = store_seconds(op->m->store),
		.folder = x->folder->id,
		.uid = it->uid,
		.octets = it->octets,
		.flags = it->flags,
		.notes = x->notes[i],
		.saved = it->saved,
		.sent = it->sent,
		.poster = x->posters[i],
		.keywords = keyword_row(&x->arena, x->folder, it),
	};
	struct buf value;
	struct wr to = wr_to(&value);

	buf_init(&value, KV_VALUE_OCTETS_MAX);
	retained_row_put(&to, &row);
	kv_put(write_kv(w), op->m->id, key_str(&key), buf_str(&value));
	buf_done(&value);
	write_retained(p, 1, it->octets);
	kept.saved = (uint32_t)row.deleted;
	kept_come(p, x->folder->id, id, &kept);
}

enum err expunge_ready(struct op *op, struct expunge_set *x)
{
	enum err e = ERR_OK;

	email_batch_init(&x->emails, op->m);
	arena_init(&x->arena, ARENA_NONE);
	if (!x->retain)
		e = email_batch_read(&x->emails, x->items, x->count);
	if (e == ERR_OK)
		e = note_read_many(x->folder, x->items, x->count, &x->arena, &x->notes);
	x->posters = ARENA_ARRAY(&x->arena, uint64_t, x->count + 1);
	if (e == ERR_OK && x->retain)
		e = poster_read(x->folder, x->items, x->count, x->posters);
	if (e != ERR_OK) {
		email_batch_done(&x->emails);
		arena_done(&x->arena);
	}
	return e;
}

void expunge_write(struct op *op, struct write *w, struct part *p, struct expunge_set *x)
{
	for (size_t i = 0; i < x->count; i++) {
		write_vanish(w, p, x->folder, &x->items[i], x->notes[i]);
		if (x->retain)
			retain_row(op, w, p, x, i);
		else
			email_batch_change(&x->emails, x->items[i].email, -1);
		u32s_put(&op->uids, x->items[i].uid);
	}
	email_batch_write(&x->emails, w);
	email_batch_done(&x->emails);
	arena_done(&x->arena);
	if (x->retain)
		purge_soon(op->m);
}

enum op_step expunge_chunk(
	struct op *op, struct folder *f, const struct item *items, size_t count, bool retain)
{
	struct expunge_set x = { .folder = f, .items = items, .count = count, .retain = retain };
	struct write *w;
	struct part *p;
	enum err e = expunge_ready(op, &x);

	if (e != ERR_OK)
		return op_end(op, e);
	w = write_new(op->m->store);
	p = write_part(w, op->m);
	write_frees(w);
	expunge_write(op, w, p, &x);
	return op_commit(op, w, p);
}

/* The next message to look at, or NULL when there is none. */
static const struct item *next_item(struct expunge *x, const struct folder *f)
{
	size_t at;

	if (x->request.all) {
		at = folder_lower(f, x->next);
		if (at >= f->items_count || f->items[at].uid >= x->end)
			return NULL;
		x->next = f->items[at].uid + 1;
		return &f->items[at];
	}
	while (x->at < x->list.count) {
		const struct item *it = folder_item(f, x->list.uids[x->at++]);

		if (it)
			return it;
	}
	return NULL;
}

static enum op_step chunk(struct op *op)
{
	struct expunge *x = op->state;
	struct folder *f = op->used[0];
	struct item *items = mem_new(OP_CHUNK * sizeof(struct item));
	const struct item *it = NULL;
	size_t n = 0, looked = 0;
	enum op_step next;

	while (n < OP_CHUNK && looked++ < OP_SLICE && (it = next_item(x, f)) != NULL) {
		if (!x->request.deleted_only || (it->flags & ITEM_DELETED))
			items[n++] = *it;
	}
	if (n > 0)
		next = expunge_chunk(
			op, f, items, n, box_keep_days(f) > 0 && !x->request.for_good);
	else
		next = it ? OP_AGAIN : op_end(op, ERR_OK);
	mem_free(items);
	return next;
}

static enum op_step step(struct op *op)
{
	struct expunge *x = op->state;
	struct folder *f;

	if (!x->ready) {
		f = op_folder(op, 0, x->request.folder);
		if (!f)
			return OP_DONE;
		x->ready = true;
		x->end = f->uid_visible;
		op->folder = f->id;
		op->uidvalidity = f->uidvalidity;
	} else if (op->err != ERR_OK) {
		op->uids.count = op->uids_sound;
		return OP_DONE;
	}
	op->uids_sound = op->uids.count;
	return chunk(op);
}

void mailbox_expunge(
	struct mailbox *m, const struct expunge_request *request, mailbox_done *done, void *arg)
{
	struct op *op = op_new(m, step, sizeof(struct expunge));
	struct expunge *x = op->state;

	x->request = *request;
	x->list = op_uids(op, request->list);
	op_start(op, done, arg);
}
