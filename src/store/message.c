#include "store/message.h"

#include "mail/record.h"
#include "store/email.h"
#include "store/keys.h"

enum err message_check(struct str octets, struct str record)
{
	if (octets.len == 0 || octets.len > ITEM_OCTETS_MAX)
		return ERR_TOOBIG;
	return record_check(record, octets.len) == ERR_OK ? ERR_OK : ERR_PEER;
}

/* What the engine says of a blob, said of one message. */
static enum err of_message(enum err e)
{
	return e == ERR_NOTFOUND || e == ERR_CORRUPT ? ERR_UNREADABLE : e;
}

enum err message_read(
	struct mailbox *m, const struct item *it, uint64_t from, uint64_t len, struct buf *to)
{
	struct email_row row;
	enum err e;

	if (m->blob_email != it->email) {
		e = email_read(m, it->email, &row);
		if (e != ERR_OK)
			return e == ERR_CORRUPT ? ERR_UNREADABLE : e;
		m->blob_email = it->email;
		m->blob = row.blob;
	}
	return of_message(kv_blob_read(m->store->kv, m->blob, from, len, to));
}

static enum err record_read(struct mailbox *m, uint64_t email, const struct email_row *row,
	struct arena *a, struct str *ret)
{
	struct key key = key_number(KEYS_RECORD, email);
	struct kv_read read = { .shard = m->id, .key = key_str(&key) };
	struct buf octets;
	enum err e;

	if (row->record_blob == 0) {
		e = kv_read_all(m->store->kv, &read, 1, a);
		if (e != ERR_OK || !read.ret_found)
			return e != ERR_OK ? e : ERR_UNREADABLE;
		*ret = read.ret_value;
		return ERR_OK;
	}
	buf_init(&octets, BUF_NO_CEILING);
	e = of_message(kv_blob_read(m->store->kv, row->record_blob, 0, UINT64_MAX, &octets));
	if (e == ERR_OK)
		*ret = arena_str(a, buf_str(&octets));
	buf_done(&octets);
	return e;
}

enum err message_record(struct mailbox *m, const struct item *it, struct arena *a, struct str *ret)
{
	struct email_row row;
	struct record opened;
	struct str record;
	enum err e = email_read(m, it->email, &row);

	if (e != ERR_OK)
		return e == ERR_CORRUPT ? ERR_UNREADABLE : e;
	e = record_read(m, it->email, &row, a, &record);
	if (e != ERR_OK)
		return e;
	/* It was checked whole before it was kept, the engine's checksum says that it is the same, and reading stays inside it. */
	if (record_open_view(record, &opened) != ERR_OK || opened.message_octets != it->octets)
		return ERR_UNREADABLE;
	*ret = record;
	return ERR_OK;
}

struct records {
	const struct item *const *items;
	const struct kv_read *reads;
	message_record_each *each;
	void *arg;
};

static bool tell_record(void *arg, size_t i)
{
	const struct records *r = arg;
	const struct kv_read *read = &r->reads[i];
	struct record record;
	bool sound = read->ret_found && record_open_view(read->ret_value, &record) == ERR_OK &&
		     record.message_octets == r->items[i]->octets;

	return r->each(r->arg, i, sound ? &record : NULL);
}

enum err message_records(struct mailbox *m, const struct item *const *items, size_t count,
	message_record_each *each, void *arg)
{
	struct key keys[MESSAGE_RECORDS_MAX];
	struct kv_read reads[MESSAGE_RECORDS_MAX];
	struct records records = { items, reads, each, arg };

	must(count <= MESSAGE_RECORDS_MAX);
	for (size_t i = 0; i < count; i++) {
		keys[i] = key_number(KEYS_RECORD, items[i]->email);
		reads[i] = (struct kv_read){ .shard = m->id, .key = key_str(&keys[i]) };
	}
	return kv_read_each(m->store->kv, reads, count, tell_record, &records);
}

enum err message_sound(struct mailbox *m, uint64_t email, const struct email_row *row, bool read)
{
	struct kv_blob_row blob;
	struct str record;
	struct arena a;
	struct buf octets;
	enum err e = kv_blob_stat(m->store->kv, row->blob, &blob);

	if (e != ERR_OK || blob.octets != row->octets)
		return ERR_UNREADABLE;
	arena_init(&a, ARENA_NONE);
	e = record_read(m, email, row, &a, &record);
	if (e == ERR_OK)
		e = record_check(record, row->octets);
	arena_done(&a);
	if (e != ERR_OK || !read)
		return e != ERR_OK ? ERR_UNREADABLE : ERR_OK;
	buf_init(&octets, BUF_NO_CEILING);
	e = kv_blob_read(m->store->kv, row->blob, 0, UINT64_MAX, &octets);
	if (e == ERR_OK && octets.len != row->octets)
		e = ERR_CORRUPT;
	buf_done(&octets);
	return e != ERR_OK ? ERR_UNREADABLE : ERR_OK;
}
