#include "kv/recent.h"

#include "kv/kv_int.h"

const char recent_gone = 1;

void recent_init(struct recent *r)
{
	table_init(&r->keys);
	table_init(&r->blobs);
	list_init(&r->writes);
}

void recent_done(struct recent *r)
{
	recent_trim(r, UINT64_MAX);
	table_done(&r->keys);
	table_done(&r->blobs);
}

static void note_blob(struct recent *r, kv_blob id, const struct index_blob *row, uint64_t seq)
{
	table_put(&r->blobs, id, STR_NONE, str_make(row, sizeof(*row)))->number = seq;
}

static enum err note_count(struct recent_walk *walk, const struct record_op *op, uint64_t seq)
{
	struct index_blob row;
	enum err e = recent_blob(walk, op->blob, &row);

	if (e != ERR_OK)
		return e == ERR_NOTFOUND ? ERR_OK : e;
	row.count = (int64_t)((uint64_t)row.count + (uint64_t)op->change);
	if (row.count < 0)
		row.count = 0;
	note_blob(walk->recent, op->blob, &row, seq);
	return ERR_OK;
}

static enum err note(struct recent_walk *walk, const struct kv_write *w, const struct record_op *op)
{
	struct recent *r = walk->recent;
	struct table_row *row;

	if (op->kind == RECORD_PUT || op->kind == RECORD_DEL) {
		row = table_put(&r->keys, op->shard, op->key, op->value);
		row->number = w->seq;
		row->data = op->kind == RECORD_DEL ? (void *)(uintptr_t)&recent_gone : NULL;
		return ERR_OK;
	}
	if (op->kind == RECORD_BLOB) {
		struct index_blob blob = { .at = w->at + RECORD_HEAD_OCTETS + op->at,
			.octets = op->octets,
			.count = (int64_t)op->count,
			.stored = (uint32_t)op->value.len,
			.dict = op->dict };

		note_blob(r, op->blob, &blob, w->seq);
		return ERR_OK;
	}
	return op->kind == RECORD_COUNT ? note_count(walk, op, w->seq) : ERR_OK;
}

static enum err note_all(struct recent_walk *walk, struct kv_write *w)
{
	struct record_walk ops = record_walk(buf_str(&w->payload));
	struct record_op op;
	enum err e = ERR_OK;

	while (e == ERR_OK && record_next(&ops, &op))
		e = note(walk, w, &op);
	kv_write_ref(w);
	list_add_tail(&walk->recent->writes, &w->node);
	return e;
}

enum err recent_add(struct recent *r, struct kv_write *w, struct index *x)
{
	struct recent_walk walk;
	enum err e = recent_walk_init(&walk, r, x, true);

	if (e != ERR_OK)
		return e;
	if (w->seq > walk.indexed_seq)
		e = note_all(&walk, w);
	recent_walk_done(&walk);
	return e;
}

static void forget(struct recent *r, const struct kv_write *w)
{
	struct record_walk ops = record_walk(buf_str(&w->payload));
	struct record_op op;

	while (record_next(&ops, &op)) {
		bool key = op.kind == RECORD_PUT || op.kind == RECORD_DEL;
		struct table *t = key ? &r->keys : &r->blobs;
		uint64_t shard = key ? op.shard : op.blob;
		struct table_row *row = table_find(t, shard, op.key);

		if (row != NULL && row->number == w->seq)
			table_del(t, shard, op.key);
	}
}

void recent_trim(struct recent *r, uint64_t indexed_seq)
{
	while (!list_empty(&r->writes)) {
		struct kv_write *w = LIST_OF(r->writes.next, struct kv_write, node);

		if (w->seq > indexed_seq)
			return;
		list_remove(&w->node);
		forget(r, w);
		kv_write_unref(w);
	}
}

/* ---- reading ---- */

enum err recent_walk_init(struct recent_walk *w, struct recent *r, struct index *x, bool blobs)
{
	struct index_position position;
	enum err e;

	*w = (struct recent_walk){ .recent = r, .blobs = blobs, .row_state = ERR_NOTFOUND };
	w->cursor.x = x;
	e = index_view(x, &w->txn, &position);
	if (e == ERR_OK)
		w->indexed_seq = position.seq;
	return e;
}

void recent_walk_done(struct recent_walk *w)
{
	index_cursor_done(&w->cursor);
	index_view_done(w->cursor.x);
}

/* The first row from here on that the view does not know. */
static const struct table_row *skip_known(const struct recent_walk *w, const struct table_row *row)
{
	while (row != NULL && row->number <= w->indexed_seq)
		row = table_after(row);
	return row;
}

enum err recent_seek(struct recent_walk *w, uint64_t shard, struct str key)
{
	struct index *x = w->cursor.x;
	enum err e = ERR_OK;

	if (w->cursor.cursor == NULL)
		e = w->blobs ? index_cursor_blobs(x, w->txn, &w->cursor)
			     : index_cursor_keys(x, w->txn, &w->cursor);
	if (e != ERR_OK)
		return e;
	w->row_state = index_seek(&w->cursor, shard, key, &w->row);
	w->fresh = skip_known(
		w, table_seek(w->blobs ? &w->recent->blobs : &w->recent->keys, shard, key));
	return w->row_state == ERR_NOTFOUND ? ERR_OK : w->row_state;
}

static int compare(const struct recent_walk *w)
{
	if (w->row_state != ERR_OK)
		return 1;
	if (w->fresh == NULL)
		return -1;
	if (w->row.shard != w->fresh->shard)
		return w->row.shard < w->fresh->shard ? -1 : 1;
	return str_cmp(w->row.key, w->fresh->key);
}

bool recent_is_gone(const struct recent_walk *w, const struct table_row *row)
{
	struct index_blob blob;

	if (!w->blobs)
		return row->data != NULL;
	memcpy(&blob, row->value.at, sizeof(blob));
	return blob.count == 0;
}

enum err recent_next(struct recent_walk *w, struct recent_row *ret)
{
	while (w->row_state == ERR_OK || w->fresh != NULL) {
		const struct table_row *fresh = w->fresh;
		int order = compare(w);

		if (order < 0)
			*ret = (struct recent_row){ w->row.shard, w->row.key, w->row.value,
				w->row.at };
		else
			*ret = (struct recent_row){ fresh->shard, fresh->key, fresh->value, 0 };
		if (order <= 0)
			w->row_state = index_next(&w->cursor, &w->row);
		if (order >= 0)
			w->fresh = skip_known(w, table_after(fresh));
		if (order < 0 || !recent_is_gone(w, fresh))
			return ERR_OK;
	}
	return w->row_state;
}

enum err recent_row_blob(const struct recent_row *row, struct index_blob *ret)
{
	if (row->at != 0)
		return index_blob_decode(
			&(struct index_row){ .value = row->value, .at = row->at }, ret);
	must(row->value.len == sizeof(*ret));
	memcpy(ret, row->value.at, sizeof(*ret));
	return ERR_OK;
}

enum err recent_walk_near(struct recent_walk *w)
{
	must(!w->blobs && w->cursor.cursor == NULL);
	return index_cursor_keys(w->cursor.x, w->txn, &w->cursor);
}

enum err recent_get(struct recent_walk *w, uint64_t shard, struct str key, struct str *ret)
{
	const struct table_row *row = table_find(&w->recent->keys, shard, key);
	struct index_key found;
	enum err e;

	if (row == NULL || row->number <= w->indexed_seq) {
		e = w->cursor.cursor != NULL
			    ? index_cursor_get(&w->cursor, shard, key, &found)
			    : index_get(w->cursor.x, w->txn, shard, key, &found);
		if (e == ERR_OK)
			*ret = found.value;
		return e;
	}
	if (row->data != NULL)
		return ERR_NOTFOUND;
	*ret = row->value;
	return ERR_OK;
}

enum err recent_blob(struct recent_walk *w, kv_blob id, struct index_blob *ret)
{
	const struct table_row *row = table_find(&w->recent->blobs, id, STR_NONE);

	if (row == NULL || row->number <= w->indexed_seq)
		return index_blob_get(w->cursor.x, w->txn, id, ret);
	memcpy(ret, row->value.at, sizeof(*ret));
	return ret->count > 0 ? ERR_OK : ERR_NOTFOUND;
}
