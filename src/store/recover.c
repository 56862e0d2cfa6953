#include "store/mailbox.h"

#include "store/keys.h"
#include "store/note_row.h"
#include "store/op.h"

struct listing {
	retained_each *each;
	void *arg;
	enum err err;
};

static bool list_row(void *arg, struct str key, struct str value)
{
	struct listing *l = arg;
	struct retained_row row;
	struct retained r;

	l->err = key_number_get(key, &r.id);
	if (l->err == ERR_OK)
		l->err = retained_row_get(value, &row);
	if (l->err != ERR_OK)
		return false;
	r = (struct retained){ r.id, row.email, row.date, row.deleted, row.folder, row.uid,
		row.octets, row.flags };
	return l->each(l->arg, &r);
}

enum err mailbox_retained(struct mailbox *m, retained_each *each, void *arg)
{
	struct key from = key_kind(KEYS_RETAINED), to = key_kind_end(KEYS_RETAINED);
	struct listing l = { each, arg, ERR_OK };
	enum err e = kv_scan(m->store->kv, m->id, key_str(&from), key_str(&to), 0, list_row, &l);

	return e != ERR_OK ? e : l.err;
}

struct recover {
	uint64_t id;
	bool submitted;
};

static enum err read_row(struct op *op, uint64_t id, struct retained_row *ret)
{
	struct key key = key_number(KEYS_RETAINED, id);
	struct kv_read read = { .shard = op->m->id, .key = key_str(&key) };
	enum err e = kv_read_all(op->m->store->kv, &read, 1, &op->arena);

	if (e == ERR_OK && !read.ret_found)
		return ERR_NOTFOUND;
	return e == ERR_OK ? retained_row_get(read.ret_value, ret) : e;
}

static enum op_step submit(struct op *op, struct folder *f, const struct retained_row *row)
{
	struct recover *r = op->state;
	struct annotation_list notes;
	struct key key = key_number(KEYS_RETAINED, r->id);
	struct write *w = write_new(op->m->store);
	struct part *p = write_part(w, op->m);
	struct item it = {
		.modseq = part_modseq(p),
		.email = row->email,
		.date = row->date,
		.uid = write_uid(f),
		.octets = row->octets,
		.saved = (uint32_t)store_seconds(op->m->store),
		.flags = (uint8_t)(row->flags & ~ITEM_DELETED),
	};

	kv_del(write_kv(w), op->m->id, key_str(&key));
	write_retained(p, -1, -(int64_t)row->octets);
	/* Notes that do not decode stay behind. */
	write_add(w, p, f, &it, note_row_get(row->notes, &op->arena, &notes) == ERR_OK ? row->notes : STR_NONE);
	u32s_put(&op->new_uids, it.uid);
	op->folder = f->id;
	op->uidvalidity = f->uidvalidity;
	r->submitted = true;
	return op_commit(op, w, p);
}

static enum op_step step(struct op *op)
{
	struct recover *r = op->state;
	struct mailbox *m = op->m;
	struct retained_row row;
	struct folder *f;
	enum err e;

	if (r->submitted) {
		if (op->err != ERR_OK)
			op->new_uids.count = 0;
		return OP_DONE;
	}
	e = m->removing ? ERR_NOBOX : read_row(op, r->id, &row);
	if (e != ERR_OK)
		return op_end(op, e);
	if (!mailbox_has_room(m, 1, row.octets))
		return op_end(op, ERR_QUOTA);
	f = box_folder(m, row.folder);
	if (!f)
		f = box_inbox(m);
	if (f->uidnext == UINT32_MAX)
		return op_end(op, ERR_LIMIT);
	return submit(op, f, &row);
}

void mailbox_recover(struct mailbox *m, uint64_t id, mailbox_done *done, void *arg)
{
	struct op *op = op_new(m, step, sizeof(struct recover));
	struct recover *r = op->state;

	r->id = id;
	op_start(op, done, arg);
}
