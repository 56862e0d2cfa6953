#include "store/message.h"

#include "mail/record.h"
#include "store/email.h"
#include "store/keys.h"

#define MESSAGE_AHEAD_OCTETS 65536u /* larger ones go out in pieces, and their first is enough to begin with */

enum err message_check(struct str octets, struct str record)
{
	if (octets.len == 0 || octets.len > ITEM_OCTETS_MAX)
		return ERR_TOOBIG;
	return record_check(record, octets.len) == ERR_OK ? ERR_OK : ERR_PEER;
}

int64_t message_sent(struct str record, int64_t date)
{
	struct record_envelope e;
	struct record r;

	if (record_open_view(record, &r) != ERR_OK || !record_envelope(&r, 0, &e) || !e.sent_valid)
		return date;
	return e.sent_seconds;
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

struct coming {
	const struct kv_read *rows;
	kv_blob blobs[MESSAGE_AHEAD_MAX];
	size_t count;
};

static bool note_blob(void *arg, size_t i)
{
	struct coming *c = arg;
	struct email_row row;

	if (c->rows[i].ret_found && email_row_get(c->rows[i].ret_value, &row) == ERR_OK)
		c->blobs[c->count++] = row.blob;
	return true;
}

void message_ahead(struct mailbox *m, const struct item *const *items, size_t count)
{
	struct key keys[MESSAGE_AHEAD_MAX];
	struct kv_read rows[MESSAGE_AHEAD_MAX];
	struct coming c = { .rows = rows };
	size_t n = 0;

	must(count <= MESSAGE_AHEAD_MAX);
	for (size_t i = 0; i < count; i++) {
		if (items[i]->octets > MESSAGE_AHEAD_OCTETS)
			continue;
		keys[n] = key_number(KEYS_EMAIL, items[i]->email);
		rows[n] = (struct kv_read){ .shard = m->id, .key = key_str(&keys[n]) };
		n++;
	}
	/* What cannot be read now is told by message_read. */
	if (n > 0 && kv_read_each(m->store->kv, rows, n, note_blob, &c) == ERR_OK)
		kv_blob_ahead(m->store->kv, c.blobs, c.count);
}

/* Of one mailbox in an engine. */
struct place {
	struct kv *kv;
	uint64_t mailbox;
};

static enum err record_read(struct place p, uint64_t email, const struct email_row *row, struct arena *a, struct str *ret)
{
	struct key key = key_number(KEYS_RECORD, email);
	struct kv_read read = { .shard = p.mailbox, .key = key_str(&key) };
	struct buf octets;
	enum err e;

	if (row->record_blob == 0) {
		e = kv_read_all(p.kv, &read, 1, a);
		if (e != ERR_OK || !read.ret_found)
			return e != ERR_OK ? e : ERR_UNREADABLE;
		*ret = read.ret_value;
		return ERR_OK;
	}
	buf_init(&octets, BUF_NO_CEILING);
	e = of_message(kv_blob_read(p.kv, row->record_blob, 0, UINT64_MAX, &octets));
	if (e == ERR_OK)
		*ret = arena_str(a, buf_str(&octets));
	buf_done(&octets);
	return e;
}

enum err message_record(struct mailbox *m, const struct item *it, struct arena *a, struct str *ret)
{
	struct key key = key_number(KEYS_RECORD, it->email);
	struct kv_read read = { .shard = m->id, .key = key_str(&key) };
	struct email_row row;
	struct record opened;
	struct str record;
	enum err e = kv_read_all(m->store->kv, &read, 1, a);

	record = read.ret_value;
	if (e == ERR_OK && !read.ret_found) {
		e = email_read(m, it->email, &row);
		if (e == ERR_OK)
			e = record_read((struct place){ m->store->kv, m->id }, it->email, &row, a, &record);
	}
	if (e != ERR_OK)
		return e == ERR_CORRUPT ? ERR_UNREADABLE : e;
	/* It was checked whole before it was kept, the engine's checksum says that it is the same, and reading stays inside it. */
	if (record_open_view(record, &opened) != ERR_OK || opened.message_octets != it->octets)
		return ERR_UNREADABLE;
	*ret = record;
	return ERR_OK;
}

struct listing {
	const struct message_list *list;
	const struct kv_read *records, *kept; /* NULL: not wanted */
	size_t first;                         /* row with which a message is known as far as is wanted */
	message_list_fn *each;
	void *arg;
};

static bool tell_message(void *arg, size_t row)
{
	const struct listing *l = arg;
	struct message_parts parts = { 0 };
	struct record record;
	size_t i;

	if (row < l->first)
		return true;
	i = row - l->first;
	if (l->records && l->records[i].ret_found &&
		record_open_view(l->records[i].ret_value, &record) == ERR_OK &&
		record.message_octets == l->list->items[i]->octets)
		parts.record = &record;
	if (l->kept && l->kept[i].ret_found)
		parts.kept = l->kept[i].ret_value.len > 0 ? l->kept[i].ret_value : S("");
	return l->each(l->arg, i, &parts);
}

enum err message_list_each(
	struct mailbox *m, const struct message_list *list, message_list_fn *each, void *arg)
{
	UNZEROED struct key keys[2 * MESSAGE_LIST_MAX];
	UNZEROED struct kv_read reads[2 * MESSAGE_LIST_MAX];
	struct listing l = { .list = list, .each = each, .arg = arg };
	size_t n = 0;

	must(list->count <= MESSAGE_LIST_MAX);
	/* All rows of a kind one behind the other: they are neighbours in the engine, too. */
	for (unsigned want = MESSAGE_RECORD; want <= MESSAGE_KEPT; want <<= 1) {
		if ((list->want & want) == 0)
			continue;
		*(want == MESSAGE_RECORD ? &l.records : &l.kept) = reads + n;
		l.first = n;
		for (size_t i = 0; i < list->count; i++, n++) {
			keys[n] = key_number(want == MESSAGE_RECORD ? KEYS_RECORD : KEYS_HEADER,
				list->items[i]->email);
			reads[n] = (struct kv_read){ .shard = m->id, .key = key_str(&keys[n]) };
		}
	}
	return kv_read_each(m->store->kv, reads, n, tell_message, &l);
}

static enum err kept_sound(struct place p, uint64_t email, struct str record, struct arena *a)
{
	struct key key = key_number(KEYS_HEADER, email);
	struct kv_read read = { .shard = p.mailbox, .key = key_str(&key) };
	struct record opened;
	struct record_part root;
	enum err e = kv_read_all(p.kv, &read, 1, a);

	if (e == ERR_OK && !read.ret_found)
		e = ERR_UNREADABLE;
	if (e == ERR_OK)
		e = record_open_view(record, &opened);
	if (e != ERR_OK || !record_part(&opened, 0, &root))
		return ERR_UNREADABLE;
	return record_kept_check(read.ret_value, root.header_octets);
}

enum err message_sound(struct kv *kv, uint64_t mailbox, uint64_t email, const struct email_row *row)
{
	struct place p = { kv, mailbox };
	struct kv_blob_row blob;
	struct str record;
	struct arena a;
	enum err e = kv_blob_stat(kv, row->blob, &blob);

	if (e != ERR_OK || blob.octets != row->octets)
		return ERR_UNREADABLE;
	arena_init(&a, ARENA_NONE);
	e = record_read(p, email, row, &a, &record);
	if (e == ERR_OK)
		e = record_check(record, row->octets);
	if (e == ERR_OK && row->kept)
		e = kept_sound(p, email, record, &a);
	arena_done(&a);
	return e != ERR_OK ? ERR_UNREADABLE : ERR_OK;
}
