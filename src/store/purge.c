#include "store/purge.h"

#include "store/email.h"
#include "store/kept.h"
#include "store/keys.h"
#include "store/op.h"

#define CHANGES_SECONDS_KEPT ((int64_t)30 * 86400)

struct purge {
	struct op *op;
	int64_t changes_before, now;
	int64_t excess;      /* octets that go whatever their term is */
	bool ceiling_only;
	uint32_t least_days; /* that anything is kept */
	uint64_t next;       /* retained id behind the last that was looked at */
	size_t looked;
	bool cut;            /* there may be more behind it */
	struct map gone;     /* folder id -> struct gone */
	size_t gone_count;
	uint64_t gone_ids[OP_CHUNK]; /* of folders that go for good */
	size_t gone_ids_count;
	uint64_t floor;
	uint64_t ids[OP_CHUNK];
	struct item items[OP_CHUNK]; /* email and octets only */
	uint32_t folders[OP_CHUNK]; /* that they were in */
	size_t retained;
	uint64_t modseqs[OP_CHUNK];
	size_t changes;
	struct key_reader readers[OP_CHUNK]; /* rows of folders that are no more */
	size_t readers_count;
	bool submitted, more;
};

/* Folders that can be brought back: what went with them is kept as long as they are. */
struct gone {
	uint32_t folder, days;
};

static uint32_t days_kept(const struct purge *x, uint32_t folder)
{
	const struct gone *g = map_get(&x->gone, folder);

	return g ? g->days : folder_kept_days(x->op->m, folder);
}

static bool take_gone(void *arg, const struct retained_folder *f)
{
	struct purge *x = arg;
	struct gone *g;
	uint32_t days = (uint32_t)((f->until - f->deleted) / 86400);

	if (f->until < x->now || x->gone_count >= FOLDERS_MAX) {
		if (x->gone_ids_count < OP_CHUNK)
			x->gone_ids[x->gone_ids_count++] = f->id;
		return true;
	}
	x->gone_count++;
	x->least_days = days < x->least_days ? days : x->least_days;
	g = map_get(&x->gone, f->folder);
	if (!g) {
		g = ARENA_NEW(&x->op->arena, struct gone);
		g->folder = f->folder;
		map_put(&x->gone, f->folder, g);
	}
	g->days = days > g->days ? days : g->days;
	return true;
}

static uint32_t days_kept_least(const struct mailbox *m)
{
	uint32_t least = m->limits.retention_days;

	for (size_t i = 0; i < m->folders_count; i++) {
		uint32_t days = box_keep_days(m->folders[i]);

		least = days < least ? days : least;
	}
	return least;
}

static bool old_retained(void *arg, struct str key, struct str value)
{
	struct purge *x = arg;
	struct retained_row row;
	uint64_t id;

	if (x->retained == OP_CHUNK || x->looked++ == OP_SLICE) {
		x->cut = true;
		return false;
	}
	if (key_number_get(key, &id) != ERR_OK || retained_row_get(value, &row) != ERR_OK)
		return true; /* verification tells of it */
	x->next = id + 1;
	if (x->excess <= 0 && (x->ceiling_only || row.deleted > x->now - (int64_t)x->least_days * 86400))
		return false;
	if (x->excess <= 0 && row.deleted > x->now - (int64_t)days_kept(x, row.folder) * 86400)
		return true;
	x->excess -= row.octets;
	x->ids[x->retained] = id;
	x->folders[x->retained] = row.folder;
	x->items[x->retained++] = (struct item){ .email = row.email, .octets = row.octets };
	return true;
}

/* Octets above the ceiling. */
static int64_t excess_of(const struct mailbox *m)
{
	uint64_t max = m->store->retained_octets_max;

	return max > 0 && m->row.retained_octets > max ? (int64_t)(m->row.retained_octets - max) : 0;
}

static enum err look_at_retained(struct op *op)
{
	struct purge *x = op->state;
	struct mailbox *m = op->m;
	struct key from, to = key_kind_end(KEYS_RETAINED);
	enum err e;

	x->op = op;
	x->excess = excess_of(m);
	if (x->excess > 0)
		m->purge_at = 0; /* the oldest */
	x->now = store_seconds(m->store);
	x->least_days = days_kept_least(m);
	e = x->ceiling_only ? ERR_OK : mailbox_retained_folders(m, 0, take_gone, x);
	if (e != ERR_OK)
		return e;
	from = key_number(KEYS_RETAINED, m->purge_at);
	return kv_scan(m->store->kv, m->id, key_str(&from), key_str(&to), 0, old_retained, x);
}

static bool old_change(void *arg, struct str key, struct str value)
{
	struct purge *x = arg;
	struct change_reader r;
	uint64_t modseq;

	if (key_number_get(key, &modseq) != ERR_OK)
		return true;
	if (change_row_open(value, &r) == ERR_OK && r.when > x->changes_before)
		return false;
	x->modseqs[x->changes++] = modseq;
	x->floor = modseq;
	return true;
}

static bool note_reader(void *arg, struct str key, struct str value)
{
	struct purge *x = arg;

	if (key_reader_get(key, &x->readers[x->readers_count]) == ERR_OK)
		x->readers_count++;
	return true;
}

/* What readers have seen of folders that hold no messages any more and cannot be brought back. One look for each folder of which there is something. */
static enum err look_at_readers(struct op *op)
{
	struct purge *x = op->state;
	struct key end = key_kind_end(KEYS_READER);
	uint32_t folder = 1;
	enum err e = ERR_OK;

	while (e == ERR_OK && folder != UINT32_MAX) {
		struct key from = key_folder(KEYS_READER, folder), to;

		x->readers_count = 0;
		e = kv_scan(op->m->store->kv, op->m->id, key_str(&from), key_str(&end), 1, note_reader, x);
		if (e != ERR_OK || x->readers_count == 0)
			return e;
		folder = x->readers[0].folder;
		x->readers_count = 0;
		from = key_folder(KEYS_READER, folder++);
		to = key_folder(KEYS_READER, folder);
		if (!box_folder(op->m, folder - 1) && !map_get(&x->gone, folder - 1))
			return kv_scan(op->m->store->kv, op->m->id, key_str(&from), key_str(&to), OP_CHUNK, note_reader, x);
	}
	return e;
}

static enum err look(struct op *op)
{
	struct purge *x = op->state;
	struct kv *kv = op->m->store->kv;
	int64_t now = store_seconds(op->m->store);
	struct key from, to;
	enum err e = look_at_retained(op);

	if (e != ERR_OK || x->ceiling_only)
		return e;
	x->changes_before = now - CHANGES_SECONDS_KEPT;
	from = key_kind(KEYS_CHANGE);
	to = key_kind_end(KEYS_CHANGE);
	e = kv_scan(kv, op->m->id, key_str(&from), key_str(&to), OP_CHUNK, old_change, x);
	return e == ERR_OK ? look_at_readers(op) : e;
}

static void drop_key(struct op *op, struct write *w, struct key key)
{
	kv_del(write_kv(w), op->m->id, key_str(&key));
}

static void drop_all(struct op *op, struct write *w, struct part *p, struct email_batch *emails)
{
	struct purge *x = op->state;

	for (size_t i = 0; i < x->retained; i++) {
		drop_key(op, w, key_number(KEYS_RETAINED, x->ids[i]));
		write_retained(p, -1, -(int64_t)x->items[i].octets);
		kept_go(p, x->folders[i], x->ids[i]);
		email_batch_change(emails, x->items[i].email, -1);
	}
	for (size_t i = 0; i < x->changes; i++)
		drop_key(op, w, key_number(KEYS_CHANGE, x->modseqs[i]));
	for (size_t i = 0; i < x->readers_count; i++)
		drop_key(op, w, key_reader(&x->readers[i]));
	for (size_t i = 0; i < x->gone_ids_count; i++)
		drop_key(op, w, key_number(KEYS_GONE, x->gone_ids[i]));
	if (x->floor > op->m->row.changes_floor)
		op->m->row.changes_floor = x->floor;
}

static enum op_step purge_step(struct op *op)
{
	struct purge *x = op->state;
	struct email_batch emails;
	struct write *w;
	struct part *p;
	enum err e = op->err;

	if (x->submitted)
		return op_end(op, e == ERR_OK && x->more ? ERR_NEEDMORE : e);
	map_init(&x->gone);
	e = op->m->removing ? ERR_NOBOX : look(op);
	map_done(&x->gone);
	if (e == ERR_OK)
		op->m->purge_at = x->cut ? x->next : 0;
	if (e != ERR_OK || x->retained + x->changes + x->readers_count + x->gone_ids_count == 0)
		return op_end(op, e == ERR_OK && x->cut ? ERR_NEEDMORE : e);
	email_batch_init(&emails, op->m);
	e = email_batch_read(&emails, x->items, x->retained);
	if (e != ERR_OK) {
		email_batch_done(&emails);
		return op_end(op, e);
	}
	w = write_new(op->m->store);
	p = write_part(w, op->m);
	write_frees(w);
	drop_all(op, w, p, &emails);
	email_batch_write(&emails, w);
	email_batch_done(&emails);
	x->submitted = true;
	x->more = x->cut || x->changes == OP_CHUNK || x->readers_count > 0 || x->gone_ids_count == OP_CHUNK;
	return op_commit(op, w, p);
}

void store_purge(struct store *s, uint64_t id, const struct mailbox_limits *limits,
	deliver_done *done, void *arg)
{
	struct mailbox *m;
	struct op *op;
	enum err e = box_open(s, id, &m);

	if (e != ERR_OK) {
		op_refuse_plain(s, e, done, arg);
		return;
	}
	mailbox_limits_set(m, limits);
	op = op_new(m, purge_step, sizeof(struct purge));
	op_start_plain(op, done, arg);
	mailbox_unref(m);
}

void store_retained_max_set(struct store *s, uint64_t octets)
{
	s->retained_octets_max = octets;
}

static void trim(struct mailbox *m);

static void on_trimmed(void *arg, enum err e)
{
	struct mailbox *m = arg;

	m->trimming = false;
	if (e == ERR_NEEDMORE || (e == ERR_OK && excess_of(m) > 0))
		trim(m);
}

static void trim(struct mailbox *m)
{
	struct op *op = op_new(m, purge_step, sizeof(struct purge));

	m->trimming = true;
	((struct purge *)op->state)->ceiling_only = true;
	op_start_plain(op, on_trimmed, m);
}

void purge_soon(struct mailbox *m)
{
	if (!m->trimming && excess_of(m) > 0)
		trim(m);
}
