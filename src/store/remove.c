#include "store/store.h"

#include "store/keys.h"
#include "store/op.h"
#include "store/sight.h"

/*
 * Removing a mailbox: first its row is marked, so that nobody opens it again and a crash leaves no
 * doubt; then all other rows go in chunks, each with the blobs its rows counted; the marked row
 * goes last.
 */
struct sweep {
	struct op *op;
	struct kv_write *w;
	size_t rows;
};

struct removal {
	bool marked;  /* the mark was submitted, now or before */
	bool marking; /* and its outcome is not known yet */
	bool last;
};

static bool sweep_row(void *arg, struct str key, struct str value)
{
	struct sweep *x = arg;
	struct email_row row;

	if (key.len > 0 && key.at[0] == KEYS_MAILBOX)
		return true;
	kv_del(x->w, x->op->m->id, key);
	x->rows++;
	if (key.len == 0 || key.at[0] != KEYS_EMAIL || email_row_get(value, &row) != ERR_OK)
		return true;
	kv_blob_count(x->w, row.blob, -1);
	if (row.record_blob)
		kv_blob_count(x->w, row.record_blob, -1);
	return true;
}

static void committed(void *arg, enum err e)
{
	op_go_on(arg, e);
}

static enum op_step sweep(struct op *op)
{
	struct removal *r = op->state;
	struct sweep x = { .op = op, .w = kv_write_new(op->m->store->kv) };
	struct key key = key_mailbox();
	enum err e =
		kv_scan(op->m->store->kv, op->m->id, STR_NONE, STR_NONE, OP_CHUNK, sweep_row, &x);

	if (e != ERR_OK) {
		kv_write_free(x.w);
		return op_end(op, e);
	}
	if (x.rows == 0) {
		r->last = true;
		kv_del(x.w, op->m->id, key_str(&key));
	}
	kv_write_frees(x.w);
	kv_commit(op->m->store->kv, x.w, committed, op);
	return OP_WAIT;
}

static void wake_all(struct mailbox *m)
{
	for (size_t i = 0; i < m->folders_count; i++)
		sight_wake(m->folders[i]);
}

static enum op_step step(struct op *op)
{
	struct removal *r = op->state;
	struct mailbox *m = op->m;
	struct write *w;
	struct part *p;

	if (!r->marked) {
		if (m->removing)
			return op_end(op, ERR_NOBOX);
		r->marked = r->marking = true;
		m->removing = m->row.removing = true;
		w = write_new(m->store);
		p = write_part(w, m);
		write_frees(w);
		return op_commit(op, w, p);
	}
	if (op->err != ERR_OK) {
		if (r->marking)
			m->removing = m->row.removing = false;
		return OP_DONE;
	}
	r->marking = false;
	if (r->last) {
		m->removed = true;
		map_remove(&m->store->mailboxes, m->id);
		return op_end(op, ERR_OK);
	}
	wake_all(m);
	return sweep(op);
}

/* A mailbox whose removal was broken off, by the end of the program or a refusal: it cannot be
 * opened, only swept. */
static enum err half_removed(struct store *s, uint64_t id, struct mailbox **ret)
{
	struct mailbox *m = map_get(&s->mailboxes, id);

	if (!m)
		return box_open_removed(s, id, ret);
	if (!m->removing || !list_empty(&m->queue))
		return ERR_NOBOX;
	*ret = mailbox_ref(m);
	return ERR_OK;
}

void store_mailbox_remove(struct store *s, uint64_t id, deliver_done *done, void *arg)
{
	struct mailbox *m;
	struct op *op;
	struct removal *r;
	enum err e = box_open(s, id, &m);

	if (e != ERR_OK)
		e = half_removed(s, id, &m);
	if (e != ERR_OK) {
		op_refuse_plain(s, e, done, arg);
		return;
	}
	op = op_new(m, step, sizeof(struct removal));
	r = op->state;
	r->marked = m->removing;
	op_start_plain(op, done, arg);
	mailbox_unref(m);
}
