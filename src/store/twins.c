#include "store/twins.h"

#include "base/map.h"
#include "base/mem.h"
#include "mail/record.h"

#define LOOKED_AT_ONCE 16u /* times MESSAGE_LIST_MAX */
#define KNOWN          ((uintptr_t)1 << 32) /* a map has no NULL: the uid, and a bit above it */

struct twins {
	struct mailbox *m;
	struct folder_view *view; /* NULL: of no folder */
	struct map keys; /* twins_key -> uid and KNOWN */
	uint32_t uid;    /* up to it all are known */
	bool noted;
};

/* What tells a message from others. */
struct name {
	struct str message_id; /* empty: it has none */
	int64_t sent;
};

static struct name name_of(struct str record)
{
	struct record_envelope envelope;
	struct record r;

	if (record_open_view(record, &r) != ERR_OK || !record_envelope(&r, 0, &envelope))
		return (struct name){ STR_NONE };
	return (struct name){ str_trim(envelope.message_id), envelope.sent_valid ? envelope.sent_seconds : 0 };
}

static bool same_name(struct name a, struct name b)
{
	return str_eq(a.message_id, b.message_id) && a.sent == b.sent;
}

static uint64_t key_of_name(struct name n)
{
	return map_hash(n.message_id) ^ (uint64_t)n.sent * 0x9e3779b97f4a7c15ull;
}

uint64_t twins_key(struct str octets, struct str record)
{
	struct name n = name_of(record);

	return n.message_id.len > 0 ? key_of_name(n) : map_hash(octets);
}

/* ---- what the folder has ---- */

static void know(struct twins *t, uint64_t key, uint32_t uid)
{
	map_put(&t->keys, key, (void *)(KNOWN | uid)); /* NOLINT(performance-no-int-to-ptr) */
}

/* One that cannot be read is no twin of anything. */
static void know_octets(struct twins *t, const struct item *it)
{
	struct buf octets;

	buf_init(&octets, BUF_NO_CEILING);
	if (message_read(t->m, it, 0, UINT64_MAX, &octets) == ERR_OK)
		know(t, map_hash(buf_str(&octets)), it->uid);
	buf_done(&octets);
}

static void know_message(struct twins *t, const struct item *it)
{
	struct arena a;
	struct str record;
	struct name n = { STR_NONE };

	arena_init(&a, ARENA_NONE);
	if (message_record(t->m, it, &a, &record) == ERR_OK)
		n = name_of(record);
	if (n.message_id.len > 0)
		know(t, key_of_name(n), it->uid);
	else
		know_octets(t, it);
	arena_done(&a);
}

struct listing {
	struct twins *t;
	const struct item *const *items;
	bool alone[MESSAGE_LIST_MAX]; /* to be looked at by itself */
};

static bool on_listed(void *arg, size_t i, const struct message_parts *parts)
{
	struct listing *l = arg;
	struct name n = parts->record ? name_of(parts->record->octets) : (struct name){ STR_NONE };

	l->alone[i] = n.message_id.len == 0;
	if (!l->alone[i])
		know(l->t, key_of_name(n), l->items[i]->uid);
	return true;
}

static enum err know_some(struct twins *t, uint32_t seq)
{
	const struct item *items[MESSAGE_LIST_MAX];
	struct message_list list = { .items = items, .want = MESSAGE_RECORD };
	struct listing l = { .t = t, .items = items };
	enum err e;

	while (list.count < MESSAGE_LIST_MAX && seq <= view_count(t->view))
		items[list.count++] = view_item(t->view, seq++);
	e = message_list_each(t->m, &list, on_listed, &l);
	for (size_t i = 0; e == ERR_OK && i < list.count; i++) {
		if (l.alone[i])
			know_message(t, items[i]);
	}
	if (e == ERR_OK && list.count > 0)
		t->uid = items[list.count - 1]->uid;
	return e;
}

static void on_news(void *arg, const struct view_event *event)
{
}

enum err twins_look(struct twins *t, bool *ret_done)
{
	enum err e = ERR_OK;

	*ret_done = t->view == NULL;
	if (*ret_done)
		return ERR_OK;
	view_sync(t->view, true, on_news, NULL);
	if (view_folder_gone(t->view))
		return ERR_NOFOLDER;
	for (unsigned i = 0; e == ERR_OK && i < LOOKED_AT_ONCE; i++) {
		uint32_t seq = view_seq_from(t->view, t->uid + 1);

		*ret_done = seq > view_count(t->view);
		if (*ret_done)
			return ERR_OK;
		e = t->keys.count < TWINS_MAX ? know_some(t, seq) : ERR_LIMIT;
	}
	*ret_done = false;
	return e;
}

/* ---- is it there? ---- */

static bool is_twin(struct twins *t, const struct twins_message *message, const struct item *it)
{
	struct name n = name_of(message->record);
	struct str record;
	struct buf octets;
	struct arena a;
	bool same = false;

	if (n.message_id.len > 0) {
		arena_init(&a, ARENA_NONE);
		same = message_record(t->m, it, &a, &record) == ERR_OK && same_name(name_of(record), n);
		arena_done(&a);
		return same;
	}
	if (it->octets != message->octets.len)
		return false;
	buf_init(&octets, BUF_NO_CEILING);
	same = message_read(t->m, it, 0, UINT64_MAX, &octets) == ERR_OK && str_eq(buf_str(&octets), message->octets);
	buf_done(&octets);
	return same;
}

bool twins_has(struct twins *t, const struct twins_message *message, uint32_t *ret_uid)
{
	uintptr_t known = (uintptr_t)map_get(&t->keys, message->key);
	uint32_t uid = (uint32_t)known, seq;
	struct item it;

	if (known == 0)
		return false;
	*ret_uid = uid;
	if (uid == 0 || t->view == NULL)
		return true;
	seq = view_seq(t->view, uid);
	if (seq == 0)
		return false;
	it = *view_item(t->view, seq);
	return is_twin(t, message, &it);
}

void twins_note(struct twins *t, uint64_t key)
{
	know(t, key, 0);
	t->noted = true;
}

bool twins_noted(const struct twins *t)
{
	return t->noted;
}

/* ---- life ---- */

enum err twins_open(struct mailbox *m, uint32_t folder, struct twins **ret)
{
	struct view_options options = { .folder = folder, .read_only = true };
	struct folder_view *view = NULL;
	enum err e = folder != 0 ? view_open(m, &options, &view) : ERR_OK;

	if (e != ERR_OK)
		return e;
	*ret = MEM_NEW(struct twins);
	**ret = (struct twins){ .m = mailbox_ref(m), .view = view };
	map_init(&(*ret)->keys);
	return ERR_OK;
}

void twins_close(struct twins *t)
{
	if (t == NULL)
		return;
	view_close(t->view);
	mailbox_unref(t->m);
	map_done(&t->keys);
	mem_free(t);
}

bool twins_of(const struct twins *t, const struct mailbox *m, uint32_t folder)
{
	if (t->view == NULL)
		return t->m == m && folder == 0;
	return t->m == m && view_folder(t->view) == folder && !view_folder_gone(t->view);
}
