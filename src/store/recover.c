#include "store/recover.h"

#include "base/mem.h"
#include "store/email.h"
#include "store/kept.h"
#include "store/keys.h"
#include "store/note_row.h"
#include "store/op.h"
#include "store/poster.h"
#include "store/reader.h"

#define READERS_MAX 1000u /* whose \Seen comes back with a message */

/* ---- what is there ---- */

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
		row.octets, row.saved, row.flags };
	return l->each(l->arg, &r);
}

enum err mailbox_retained(struct mailbox *m, uint64_t from, retained_each *each, void *arg)
{
	struct key first = key_number(KEYS_RETAINED, from), to = key_kind_end(KEYS_RETAINED);
	struct listing l = { each, arg, ERR_OK };
	enum err e = kv_scan(m->store->kv, m->id, key_str(&first), key_str(&to), 0, list_row, &l);

	return e != ERR_OK ? e : l.err;
}

struct item retained_item(const struct retained *r)
{
	return (struct item){ .email = r->email, .date = r->date, .uid = r->uid, .octets = r->octets, .saved = r->saved, .flags = r->flags };
}

/* ---- several of them ---- */

struct batch {
	const uint64_t *ids; /* in the op's arena */
	size_t count;
	uint32_t to;
	bool no_quota, submitted;
	struct retained_row *rows; /* those that are there, with their ids */
	uint64_t *row_ids;
	size_t rows_count;
};

static enum err read_rows(struct op *op)
{
	struct batch *b = op->state;
	struct kv_read *reads = ARENA_ARRAY(&op->arena, struct kv_read, b->count + 1);
	struct key *keys = ARENA_ARRAY(&op->arena, struct key, b->count + 1);
	enum err e;

	b->rows = ARENA_ARRAY(&op->arena, struct retained_row, b->count + 1);
	b->row_ids = ARENA_ARRAY(&op->arena, uint64_t, b->count + 1);
	for (size_t i = 0; i < b->count; i++) {
		keys[i] = key_number(KEYS_RETAINED, b->ids[i]);
		reads[i] = (struct kv_read){ .shard = op->m->id, .key = key_str(&keys[i]) };
	}
	e = kv_read_all(op->m->store->kv, reads, b->count, &op->arena);
	for (size_t i = 0; e == ERR_OK && i < b->count; i++) {
		/* One named twice is there once. */
		if (!reads[i].ret_found || (i > 0 && b->ids[i] <= b->ids[i - 1]))
			continue;
		b->row_ids[b->rows_count] = b->ids[i];
		e = retained_row_get(reads[i].ret_value, &b->rows[b->rows_count++]);
	}
	return e == ERR_OK && b->rows_count == 0 ? ERR_NOTFOUND : e;
}

/* Without a folder to go to: those that were in the same one as the first. */
static void keep_of_first(struct batch *b)
{
	size_t kept = 1;

	for (size_t i = 1; i < b->rows_count; i++) {
		if (b->rows[i].folder != b->rows[0].folder)
			continue;
		b->rows[kept] = b->rows[i];
		b->row_ids[kept++] = b->row_ids[i];
	}
	b->rows_count = kept;
}

static struct op *new_batch(struct mailbox *m, enum op_step (*step)(struct op *), const uint64_t *ids, size_t count)
{
	struct op *op = op_new(m, step, sizeof(struct batch));
	struct batch *b = op->state;
	uint64_t *copy = ARENA_ARRAY(&op->arena, uint64_t, count + 1);

	must(count <= RECOVER_MAX);
	if (count > 0)
		memcpy(copy, ids, count * sizeof(*ids));
	b->ids = copy;
	b->count = count;
	return op;
}

static void drop_row(struct write *w, struct part *p, uint64_t shard, uint64_t id, const struct retained_row *row)
{
	struct key key = key_number(KEYS_RETAINED, id);

	kv_del(write_kv(w), shard, key_str(&key));
	write_retained(p, -1, -(int64_t)row->octets);
	kept_go(p, row->folder, id);
}

/* ---- back into a folder ---- */

static uint32_t saved_of(const struct folder *f, const struct retained_row *row)
{
	int64_t now = store_seconds(f->mailbox->store);
	uint32_t days = box_age_days(f);
	bool stays = row->saved != 0 && row->folder == f->id && (days == 0 || row->saved >= now - (int64_t)days * 86400);

	return stays ? row->saved : (uint32_t)now;
}

void recover_put_back(struct write *w, struct part *p, const struct recover_one *one)
{
	const struct retained_row *row = one->row;
	struct folder *f = one->to;
	struct annotation_list notes;
	struct item it = {
		.modseq = part_modseq(p),
		.email = row->email,
		.date = row->date,
		.sent = row->sent,
		.uid = one->uid,
		.octets = row->octets,
		.saved = saved_of(f, row),
		.flags = (uint8_t)(row->flags & ~ITEM_DELETED),
	};

	drop_row(w, p, f->mailbox->id, one->id, row);
	folder_keywords_take(f, row->keywords, &it);
	/* Notes that do not decode stay behind. */
	write_add(w, p, f, &it, note_row_get(row->notes, one->arena, &notes) == ERR_OK ? row->notes : STR_NONE);
	poster_put(w, p, f, it.uid, row->poster);
}

static void put_back(struct op *op, struct write *w, struct part *p, size_t i)
{
	const struct batch *b = op->state;
	struct folder *f = op->used[0];
	struct recover_one one = { b->row_ids[i], &b->rows[i], f, write_uid(f), &op->arena };

	recover_put_back(w, p, &one);
	u32s_put(&op->uids, b->rows[i].uid);
	u32s_put(&op->new_uids, one.uid);
}

/* ---- what readers had seen ---- */

struct reader_find {
	struct key_reader key;
	bool found;
};

static bool take_reader(void *arg, struct str key, struct str value)
{
	struct reader_find *r = arg;

	r->found = key_reader_get(key, &r->key) == ERR_OK;
	return false;
}

/* The next account that has seen something of the folder; 0: none. */
static uint64_t next_reader(struct folder *f, uint64_t account)
{
	struct key from = key_reader(&(struct key_reader){ f->id, account + 1, 0 });
	struct key to = key_folder(KEYS_READER, f->id + 1);
	struct reader_find r = { 0 };

	if (kv_scan(f->mailbox->store->kv, f->mailbox->id, key_str(&from), key_str(&to), 1, take_reader, &r) != ERR_OK)
		return 0;
	return r.found ? r.key.account : 0;
}

static void mark_of_reader(struct op *op, struct write *w, struct folder *from, uint64_t account)
{
	struct reader *was, *is;
	struct u32s seen = { 0 };

	if (reader_open(from, account, &was) != ERR_OK)
		return;
	for (size_t i = 0; was && i < op->uids.count; i++) {
		const struct reader_span *span = reader_spans_find(&was->spans, op->uids.at[i]);

		if (span && span->seen)
			u32s_put(&seen, op->new_uids.at[i]);
	}
	if (seen.count > 0 && reader_open(op->used[0], account, &is) == ERR_OK) {
		reader_mark(is, w, (struct uid_list){ seen.at, seen.count }, true);
		reader_close(is);
	}
	reader_close(was);
	mem_free(seen.at);
}

/* In the public store: who had seen a message has seen it where it comes back. All came from one folder. */
static void mark_seen(struct op *op, struct write *w)
{
	const struct batch *b = op->state;
	struct folder *from = box_folder(op->m, b->rows[0].folder);
	uint64_t account = 0;

	if (!from || !mailbox_is_public(op->m))
		return;
	for (unsigned n = 0; n < READERS_MAX && (account = next_reader(from, account)) != 0; n++)
		mark_of_reader(op, w, from, account);
}

static bool is_of_one_folder(const struct batch *b)
{
	for (size_t i = 1; i < b->rows_count; i++) {
		if (b->rows[i].folder != b->rows[0].folder)
			return false;
	}
	return true;
}

static enum err check_room(const struct op *op)
{
	const struct batch *b = op->state;
	uint64_t octets = 0;

	for (size_t i = 0; i < b->rows_count; i++)
		octets += b->rows[i].octets;
	return b->no_quota || mailbox_has_room(op->m, b->rows_count, octets) ? ERR_OK : ERR_QUOTA;
}

static enum op_step recover(struct op *op)
{
	struct batch *b = op->state;
	struct folder *f;
	struct write *w;
	struct part *p;
	enum err e;

	if (b->submitted) {
		if (op->err != ERR_OK)
			op->uids.count = op->new_uids.count = 0;
		return OP_DONE;
	}
	e = op->m->removing ? ERR_NOBOX : read_rows(op);
	if (e != ERR_OK)
		return op_end(op, e);
	if (b->to == 0)
		keep_of_first(b);
	e = check_room(op);
	if (e != ERR_OK)
		return op_end(op, e);
	if (b->to == 0 && mailbox_is_public(op->m) && !box_folder(op->m, b->rows[0].folder))
		return op_end(op, ERR_NOFOLDER);
	if (b->to == 0)
		b->to = box_folder(op->m, b->rows[0].folder) ? b->rows[0].folder : box_inbox(op->m)->id;
	f = op_folder(op, 0, b->to);
	if (!f)
		return OP_DONE;
	if (UINT32_MAX - f->uidnext <= b->rows_count)
		return op_end(op, ERR_LIMIT);
	w = write_new(op->m->store);
	p = write_part(w, op->m);
	for (size_t i = 0; i < b->rows_count; i++)
		put_back(op, w, p, i);
	if (is_of_one_folder(b))
		mark_seen(op, w);
	op->folder = f->id;
	op->uidvalidity = f->uidvalidity;
	b->submitted = true;
	return op_commit(op, w, p);
}

void mailbox_recover(struct mailbox *m, const struct recover_request *request, mailbox_done *done, void *arg)
{
	struct op *op = new_batch(m, recover, request->ids, request->count);
	struct batch *b = op->state;

	b->to = request->to;
	b->no_quota = request->no_quota;
	op_start(op, done, arg);
}

/* ---- for good ---- */

static enum op_step drop(struct op *op)
{
	struct batch *b = op->state;
	struct email_batch emails;
	struct item *items;
	struct write *w;
	struct part *p;
	enum err e;

	if (b->submitted) {
		if (op->err != ERR_OK)
			op->uids.count = 0;
		return OP_DONE;
	}
	e = op->m->removing ? ERR_NOBOX : read_rows(op);
	if (e != ERR_OK)
		return op_end(op, e);
	items = ARENA_ARRAY(&op->arena, struct item, b->rows_count + 1);
	for (size_t i = 0; i < b->rows_count; i++)
		items[i].email = b->rows[i].email;
	email_batch_init(&emails, op->m);
	e = email_batch_read(&emails, items, b->rows_count);
	if (e != ERR_OK) {
		email_batch_done(&emails);
		return op_end(op, e);
	}
	w = write_new(op->m->store);
	p = write_part(w, op->m);
	write_frees(w);
	for (size_t i = 0; i < b->rows_count; i++) {
		drop_row(w, p, op->m->id, b->row_ids[i], &b->rows[i]);
		email_batch_change(&emails, items[i].email, -1);
		u32s_put(&op->uids, b->rows[i].uid);
	}
	email_batch_write(&emails, w);
	email_batch_done(&emails);
	b->submitted = true;
	return op_commit(op, w, p);
}

void mailbox_retained_drop(struct mailbox *m, const uint64_t *ids, size_t count, mailbox_done *done, void *arg)
{
	op_start(new_batch(m, drop, ids, count), done, arg);
}
