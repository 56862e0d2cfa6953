#include "store/email.h"

#include "base/mem.h"
#include "mail/record.h"
#include "store/keys.h"

void email_batch_init(struct email_batch *b, struct mailbox *m)
{
	b->m = m;
	map_init(&b->rows);
	arena_init(&b->arena, ARENA_NONE);
}

void email_batch_done(struct email_batch *b)
{
	map_done(&b->rows);
	arena_done(&b->arena);
}

enum err email_batch_read(struct email_batch *b, const struct item *items, size_t count)
{
	struct kv_read *reads = ARENA_ARRAY(&b->arena, struct kv_read, count + 1);
	struct key *keys = ARENA_ARRAY(&b->arena, struct key, count + 1);
	struct email_entry *entries = ARENA_ARRAY(&b->arena, struct email_entry, count + 1);
	size_t n = 0;
	enum err e;

	for (size_t i = 0; i < count; i++) {
		if (map_get(&b->rows, items[i].email))
			continue;
		entries[n].id = items[i].email;
		map_put(&b->rows, items[i].email, &entries[n]);
		keys[n] = key_number(KEYS_EMAIL, items[i].email);
		reads[n] = (struct kv_read){ .shard = b->m->id, .key = key_str(&keys[n]) };
		n++;
	}
	e = kv_read_all(b->m->store->kv, reads, n, &b->arena);
	for (size_t i = 0; e == ERR_OK && i < n; i++)
		entries[i].found = reads[i].ret_found &&
				   email_row_get(reads[i].ret_value, &entries[i].row) == ERR_OK;
	return e;
}

struct email_entry *email_batch_get(struct email_batch *b, uint64_t email)
{
	struct email_entry *e = map_get(&b->rows, email);

	return e && e->found ? e : NULL;
}

void email_batch_change(struct email_batch *b, uint64_t email, int change)
{
	struct email_entry *e = email_batch_get(b, email);

	if (e)
		e->change += change;
}

static void put_row(struct write *w, struct mailbox *m, uint64_t email, const struct email_row *row)
{
	struct key key = key_number(KEYS_EMAIL, email);
	struct buf value;
	struct wr to = wr_to(&value);

	buf_init(&value, KV_VALUE_OCTETS_MAX);
	email_row_put(&to, row);
	kv_put(write_kv(w), m->id, key_str(&key), buf_str(&value));
	buf_done(&value);
}

static void drop(struct write *w, struct mailbox *m, const struct email_entry *e)
{
	struct key row = key_number(KEYS_EMAIL, e->id), record = key_number(KEYS_RECORD, e->id);
	struct key header = key_number(KEYS_HEADER, e->id);

	kv_del(write_kv(w), m->id, key_str(&row));
	if (e->row.kept)
		kv_del(write_kv(w), m->id, key_str(&header));
	if (e->row.record_blob == 0)
		kv_del(write_kv(w), m->id, key_str(&record));
	else
		kv_blob_count(write_kv(w), e->row.record_blob, -1);
	kv_blob_count(write_kv(w), e->row.blob, -1);
	article_drop(w, m, e->id);
	if (m->blob_email == e->id)
		m->blob_email = 0;
}

void email_batch_write(struct email_batch *b, struct write *w)
{
	MAP_EACH (struct email_entry, e, &b->rows) {
		if (e->change == 0)
			continue;
		if ((int64_t)e->row.refs + e->change <= 0) {
			drop(w, b->m, e);
			continue;
		}
		e->row.refs = (uint32_t)((int64_t)e->row.refs + e->change);
		put_row(w, b->m, e->id, &e->row);
	}
}

enum err email_read(struct mailbox *m, uint64_t email, struct email_row *ret)
{
	struct key key = key_number(KEYS_EMAIL, email);
	struct kv_read row = { .shard = m->id, .key = key_str(&key) };
	struct arena a;
	enum err e;

	arena_init(&a, ARENA_NONE);
	e = kv_read_all(m->store->kv, &row, 1, &a);
	if (e == ERR_OK && !row.ret_found)
		e = ERR_NOMESSAGE;
	if (e == ERR_OK)
		e = email_row_get(row.ret_value, ret);
	arena_done(&a);
	return e;
}

void email_add(struct write *w, struct mailbox *m, uint64_t email, const struct email_row *row,
	struct str record)
{
	struct key key = key_number(KEYS_RECORD, email), header = key_number(KEYS_HEADER, email);
	struct str kept = STR_NONE;

	put_row(w, m, email, row);
	article_note(w, m, email, record);
	if (row->record_blob != 0)
		return;
	if (row->kept)
		record = record_split(record, &kept);
	kv_put(write_kv(w), m->id, key_str(&key), record);
	if (row->kept)
		kv_put(write_kv(w), m->id, key_str(&header), kept);
}

void email_blobs(struct write *w, struct str octets, struct str record, uint64_t count,
	struct email_row *ret)
{
	struct str kept;

	ret->blob = kv_blob_add(write_kv(w), octets, count);
	ret->octets = octets.len;
	ret->refs = 1;
	ret->record_blob = 0;
	if (record.len > KV_VALUE_OCTETS_MAX)
		ret->record_blob = kv_blob_add(write_kv(w), record, count);
	(void)record_split(record, &kept);
	ret->kept = kept.at != NULL && ret->record_blob == 0;
}
