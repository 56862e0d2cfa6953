#include "store/search_source.h"

#include "base/mem.h"
#include "kv/checksum.h"
#include "mail/record.h"
#include "store/box.h"
#include "store/keys.h"

#define MARK_OCTETS 4096u /* the trace fields of this delivery are among them */

struct first {
	uint64_t id;
	struct email_row row;
	bool found, sound;
};

static bool take_first(void *arg, struct str key, struct str value)
{
	struct first *f = arg;

	f->found = key_number_get(key, &f->id) == ERR_OK;
	f->sound = email_row_get(value, &f->row) == ERR_OK;
	return false;
}

static enum err first_from(struct store *s, uint64_t mailbox, uint64_t from, struct first *ret)
{
	struct key begin = key_number(KEYS_EMAIL, from), end = key_kind_end(KEYS_EMAIL);
	enum err e;

	*ret = (struct first){ 0 };
	e = kv_scan(s->kv, mailbox, key_str(&begin), key_str(&end), 1, take_first, ret);
	if (e == ERR_OK && !ret->found)
		e = ERR_NOTFOUND;
	return e;
}

struct counting {
	uint64_t *ids;
	size_t count, max;
};

static bool count_one(void *arg, struct str key, struct str value)
{
	struct counting *c = arg;
	uint64_t id;

	if (key_number_get(key, &id) == ERR_OK && c->ids)
		c->ids[c->count] = id;
	return ++c->count < c->max;
}

size_t search_source_count(
	struct store *s, uint64_t mailbox, uint64_t from, uint64_t *ids, size_t max)
{
	struct key begin = key_number(KEYS_EMAIL, from), end = key_kind_end(KEYS_EMAIL);
	struct counting c = { .ids = ids, .max = max };

	if (kv_scan(s->kv, mailbox, key_str(&begin), key_str(&end), max, count_one, &c) != ERR_OK)
		return 0;
	return c.count;
}

static uint64_t mark_of(uint64_t octets, struct str head)
{
	return hash64(octets, str_sub(head, 0, MARK_OCTETS)) >>
	       1; /* SQLite's numbers have a sign */
}

enum err search_source_mark(struct store *s, uint64_t mailbox, uint64_t email, uint64_t *ret)
{
	struct first f;
	struct buf head;
	enum err e = first_from(s, mailbox, email, &f);

	if (e != ERR_OK || f.id != email)
		return e != ERR_OK ? e : ERR_NOTFOUND;
	if (!f.sound)
		return ERR_CORRUPT;
	buf_init(&head, BUF_NO_CEILING);
	e = kv_blob_read(s->kv, f.row.blob, 0, MARK_OCTETS, &head);
	if (e == ERR_OK)
		*ret = mark_of(f.row.octets, buf_str(&head));
	buf_done(&head);
	return e;
}

static enum err read_record(
	struct store *s, uint64_t mailbox, const struct first *f, struct search_message *m)
{
	struct key key = key_number(KEYS_RECORD, f->id);
	struct kv_read read = { .shard = mailbox, .key = key_str(&key) };
	struct record record;
	struct buf octets;
	enum err e;

	if (f->row.record_blob == 0) {
		e = kv_read_all(s->kv, &read, 1, &m->arena);
		m->record = read.ret_found ? read.ret_value : STR_NONE;
	} else {
		buf_init(&octets, RECORD_OCTETS_MAX);
		e = kv_blob_read(s->kv, f->row.record_blob, 0, UINT64_MAX, &octets);
		m->record = arena_str(&m->arena, buf_str(&octets));
		buf_done(&octets);
	}
	if (e == ERR_OK)
		e = record_open_view(m->record, &record);
	return e == ERR_OK && record.message_octets != f->row.octets ? ERR_CORRUPT : e;
}

/* Appended to the last piece when it goes on there. */
static enum err read_piece(
	struct store *s, const struct first *f, struct search_piece range, struct search_message *m)
{
	struct search_piece *last = m->count > 0 ? &m->pieces[m->count - 1] : NULL;
	enum err e;

	if (range.octets == 0)
		return ERR_OK;
	range.offset = m->raw.len;
	e = kv_blob_read(s->kv, f->row.blob, range.at, range.octets, &m->raw);
	if (e == ERR_OK && m->raw.len - range.offset != range.octets)
		e = ERR_CORRUPT;
	if (e != ERR_OK)
		return e;
	if (last && last->at + last->octets == range.at)
		last->octets += range.octets;
	else
		m->pieces[m->count++] = range;
	return ERR_OK;
}

static bool is_searched(const struct record_part *p)
{
	return p->kind == RECORD_PART_LEAF && str_ieq(p->type, S("text"));
}

/* Of a large message: not what lies between, its attachments. */
static enum err read_texts(struct store *s, const struct first *f, struct search_message *m)
{
	struct record record;
	struct record_part p;
	enum err e = record_open_view(m->record, &record);

	if (e != ERR_OK || (record.flags & RECORD_OPAQUE))
		return e != ERR_OK ? e : ERR_TOOBIG;
	m->pieces = ARENA_ARRAY(&m->arena, struct search_piece, 2 * (size_t)record.parts + 1);
	for (uint32_t n = 0; e == ERR_OK && record_part(&record, n, &p); n++) {
		struct search_piece header = { .at = p.header_at, .octets = p.header_octets };
		struct search_piece body = { .at = p.body_at, .octets = p.body_octets };

		e = read_piece(s, f, header, m);
		if (e == ERR_OK && is_searched(&p))
			e = read_piece(s, f, body, m);
	}
	return e;
}

static enum err read_message(
	struct store *s, uint64_t mailbox, const struct first *f, struct search_message *m)
{
	enum err e = read_record(s, mailbox, f, m);

	if (e != ERR_OK)
		return e;
	if (f->row.octets > SEARCH_SOURCE_WHOLE_OCTETS)
		return read_texts(s, f, m);
	m->pieces = ARENA_NEW(&m->arena, struct search_piece);
	return read_piece(s, f, (struct search_piece){ .octets = (size_t)f->row.octets }, m);
}

enum err search_source_next(
	struct store *s, uint64_t mailbox, uint64_t from, struct search_message *ret)
{
	struct first f;
	enum err e = first_from(s, mailbox, from, &f);

	if (e != ERR_OK)
		return e;
	*ret = (struct search_message){ .email = f.id, .octets = f.row.octets };
	arena_init(&ret->arena, ARENA_NONE);
	buf_init(&ret->raw, SEARCH_SOURCE_RAW_OCTETS_MAX);
	ret->unsure = !f.sound || read_message(s, mailbox, &f, ret) != ERR_OK;
	if (!ret->unsure && f.row.octets <= SEARCH_SOURCE_WHOLE_OCTETS)
		ret->mark = mark_of(f.row.octets, buf_str(&ret->raw));
	else if (search_source_mark(s, mailbox, f.id, &ret->mark) != ERR_OK)
		ret->mark = 0;
	return ERR_OK;
}

void search_message_done(struct search_message *m)
{
	buf_done(&m->raw);
	arena_done(&m->arena);
}

enum err search_source_next_id(struct store *s, uint64_t mailbox, uint64_t *ret)
{
	struct key key = key_mailbox();
	struct kv_read read = { .shard = mailbox, .key = key_str(&key) };
	struct mailbox_row row;
	struct arena a;
	enum err e;

	arena_init(&a, ARENA_NONE);
	e = kv_read_all(s->kv, &read, 1, &a);
	if (e == ERR_OK && !read.ret_found)
		e = ERR_NOTFOUND;
	if (e == ERR_OK)
		e = mailbox_row_get(read.ret_value, &row);
	if (e == ERR_OK)
		*ret = row.email_next;
	arena_done(&a);
	return e;
}

enum err search_source_mailbox(struct store *s, uint64_t from, uint64_t *ret)
{
	uint64_t id;

	if (kv_shards(s->kv, from, &id, 1) == 0 || id > STORE_MAILBOX_MAX)
		return ERR_NOTFOUND;
	*ret = id;
	return ERR_OK;
}
