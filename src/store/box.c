#include "store/box.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "store/keys.h"
#include "store/name.h"
#include "store/folder.h"
#include "store/moderation.h"

int64_t store_seconds(const struct store *s)
{
	return s->options.now_ms(s->options.arg) / 1000;
}

/* ---- folders in the lists ---- */

static int by_name(const void *a, const void *b)
{
	const struct folder *const *x = a, *const *y = b;

	return str_cmp((*x)->name, (*y)->name);
}

void box_folders_sort(struct mailbox *m)
{
	if (m->folders_count > 1)
		qsort(m->folders, m->folders_count, sizeof(struct folder *), by_name);
}

size_t box_from(const struct mailbox *m, struct str name)
{
	size_t from = 0, to = m->folders_count;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (str_cmp(m->folders[mid]->name, name) < 0)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

struct folder *box_folder_named(struct mailbox *m, struct str name)
{
	size_t at = box_from(m, name);

	return at < m->folders_count && str_eq(m->folders[at]->name, name) ? m->folders[at] : NULL;
}

struct folder *box_folder(struct mailbox *m, uint32_t id)
{
	struct folder *f = id ? map_get(&m->by_id, id) : NULL;

	return f && !f->nonexistent && !f->noselect && !f->gone ? f : NULL;
}

struct folder *box_inbox(struct mailbox *m)
{
	return m->inbox;
}

bool box_has_children(const struct mailbox *m, const struct folder *f)
{
	char octets[FOLDER_NAME_OCTETS_MAX + 1];
	struct str prefix = str_make(octets, f->name.len + 1);

	memcpy(octets, f->name.at, f->name.len);
	octets[f->name.len] = '/';
	for (size_t i = box_from(m, prefix); i < m->folders_count; i++) {
		if (!str_starts(m->folders[i]->name, prefix))
			return false;
		if (!m->folders[i]->nonexistent)
			return true;
	}
	return false;
}

struct folder_attrs box_attrs(const struct folder *f)
{
	return (struct folder_attrs){ f->name, f->uidvalidity, f->specials, f->subscribed,
		f->noselect, f->nonexistent };
}

struct folder *box_folder_new(struct mailbox *m, uint32_t id, struct str name)
{
	struct folder *f = MEM_NEW(struct folder);

	must(name.len > 0 && name.len <= FOLDER_NAME_OCTETS_MAX);
	f->mailbox = m;
	f->age_days = f->keep_days = FOLDER_AGE_DEFAULT;
	f->id = id;
	f->uidnext = f->uid_visible = f->recent_from = 1;
	list_init(&f->views);
	list_init(&f->readers);
	list_init(&f->idle);
	box_folder_rename(f, name);
	return f;
}

void box_folder_rename(struct folder *f, struct str name)
{
	char *copy = str_dup_c(name);

	mem_free(f->name_at);
	f->name_at = copy;
	f->name = str_make(copy, name.len);
}

void box_folder_add(struct folder *f)
{
	struct mailbox *m = f->mailbox;
	size_t at = box_from(m, f->name);

	if (m->folders_count == m->folders_room) {
		m->folders_room = m->folders_room ? m->folders_room * 2 : 8;
		m->folders = mem_resize(m->folders, m->folders_room * sizeof(struct folder *));
	}
	memmove(m->folders + at + 1, m->folders + at,
		(m->folders_count - at) * sizeof(struct folder *));
	m->folders[at] = f;
	m->folders_count++;
	map_put(&m->by_id, f->id, f);
	if (str_eq(f->name, S("INBOX")))
		m->inbox = f;
}

static void folder_free(struct folder *f)
{
	folder_unload(f);
	for (size_t i = 0; i < f->keywords_count; i++)
		mem_free((void *)(uintptr_t)f->keywords[i].at);
	mem_free(f->keywords);
	acl_free(f->acl);
	mem_free(f->name_at);
	mem_free(f);
}

void box_folder_remove(struct folder *f)
{
	struct mailbox *m = f->mailbox;

	for (size_t i = 0; i < m->folders_count; i++) {
		if (m->folders[i] != f)
			continue;
		m->folders_count--;
		memmove(m->folders + i, m->folders + i + 1,
			(m->folders_count - i) * sizeof(struct folder *));
		break;
	}
	map_remove(&m->by_id, f->id);
	f->gone = true;
	if (f->users == 0)
		folder_free(f);
}

/* ---- use and idleness ---- */

static void idle_folders_trim(struct store *s)
{
	while (s->idle_item_octets > s->options.idle_item_octets_max) {
		struct folder *f = LIST_OF(s->idle_folders.next, struct folder, idle);

		folder_idle_leave(f);
		folder_unload(f);
	}
}

void folder_use(struct folder *f)
{
	if (f->users++ == 0)
		folder_idle_leave(f);
}

void folder_unuse(struct folder *f)
{
	struct store *s = f->mailbox->store;

	must(f->users > 0);
	if (--f->users > 0)
		return;
	if (f->kept)
		map_remove(&f->mailbox->by_id, f->id);
	if (f->gone || f->kept) {
		folder_free(f);
		return;
	}
	if (!f->loaded)
		return;
	list_add_tail(&s->idle_folders, &f->idle);
	s->idle_item_octets += f->items_room * sizeof(struct item);
	idle_folders_trim(s);
}

static void box_free(struct mailbox *m)
{
	must(list_empty(&m->queue) && list_empty(&m->watches) && m->in_flight == 0);
	if (!m->removed)
		map_remove(&m->store->mailboxes, m->id);
	for (size_t i = 0; i < m->folders_count; i++) {
		must(m->folders[i]->users == 0);
		folder_idle_leave(m->folders[i]);
		folder_free(m->folders[i]);
	}
	mem_free(m->folders);
	acl_free(m->acl);
	map_done(&m->by_id);
	mem_free(m);
}

struct mailbox *mailbox_ref(struct mailbox *m)
{
	if (m->refs++ == 0 && !list_empty(&m->idle)) {
		list_remove(&m->idle);
		m->store->idle_mailboxes_count--;
	}
	return m;
}

static void idle_drop(struct store *s, struct mailbox *m)
{
	list_remove(&m->idle);
	s->idle_mailboxes_count--;
	box_free(m);
}

void mailbox_unref(struct mailbox *m)
{
	struct store *s;

	if (!m)
		return;
	must(m->refs > 0);
	if (--m->refs > 0)
		return;
	s = m->store;
	if (m->removed) {
		box_free(m);
		return;
	}
	list_add_tail(&s->idle_mailboxes, &m->idle);
	if (++s->idle_mailboxes_count > s->options.idle_mailboxes_max)
		idle_drop(s, LIST_OF(s->idle_mailboxes.next, struct mailbox, idle));
}

void box_drop_idle(struct store *s)
{
	while (!list_empty(&s->idle_mailboxes))
		idle_drop(s, LIST_OF(s->idle_mailboxes.next, struct mailbox, idle));
}

/* ---- loading ---- */

struct load {
	struct mailbox *m;
	enum err err;
	bool found;
};

static bool load_folder(void *arg, struct str key, struct str value)
{
	struct load *l = arg;
	struct mailbox *m = l->m;
	struct folder_row row;
	struct folder *f;
	uint32_t id;

	l->err = key_folder_get(key, &id);
	if (l->err == ERR_OK)
		l->err = folder_row_get(value, &row);
	if (l->err == ERR_OK && (id >= m->row.folder_next || map_get(&m->by_id, id) ||
					box_folder_named(m, row.name)))
		l->err = ERR_CORRUPT;
	if (l->err != ERR_OK)
		return false;
	f = box_folder_new(m, id, row.name);
	f->uidvalidity = row.uidvalidity;
	f->uidnext = f->uid_visible = row.uidnext;
	f->recent_from = row.recent_from;
	f->modseq = f->modseq_sub = row.modseq;
	f->now = (struct counts){ row.octets, row.notes, row.messages, row.unseen, row.deleted };
	f->sub = f->now;
	f->specials = row.specials;
	f->subscribed = row.subscribed;
	f->noselect = row.noselect;
	f->nonexistent = row.nonexistent;
	counts_add(&m->now, &f->now);
	box_folder_add(f);
	return true;
}

static bool load_acl(void *arg, struct str key, struct str value)
{
	struct load *l = arg;
	struct folder *f;
	struct acl *acl;
	uint32_t id;

	l->err = key_acl_get(key, &id);
	if (l->err == ERR_OK)
		l->err = acl_row_get(value, &acl);
	if (l->err != ERR_OK)
		return false;
	f = id ? map_get(&l->m->by_id, id) : NULL;
	if (f)
		f->acl = acl;
	else if (id == 0)
		l->m->acl = acl;
	else
		acl_free(acl); /* nobody's; a check tells of it */
	return true;
}

static bool load_age(void *arg, struct str key, struct str value)
{
	struct load *l = arg;
	struct folder *f;
	uint32_t id, days;

	l->err = key_acl_get(key, &id);
	if (l->err == ERR_OK)
		l->err = age_row_get(value, &days);
	if (l->err != ERR_OK)
		return false;
	f = id ? map_get(&l->m->by_id, id) : NULL;
	if (f)
		f->age_days = days;
	else if (id == 0)
		l->m->age_days = days;
	return true;
}

static bool load_keep(void *arg, struct str key, struct str value)
{
	struct load *l = arg;
	struct folder *f;
	uint32_t id, days;

	l->err = key_folder_get(key, &id);
	if (l->err == ERR_OK)
		l->err = age_row_get(value, &days);
	f = l->err == ERR_OK ? map_get(&l->m->by_id, id) : NULL;
	if (f)
		f->keep_days = days;
	return l->err == ERR_OK;
}

static bool load_held(void *arg, struct str key, struct str value)
{
	struct load *l = arg;
	struct moderation row;
	struct folder *f;

	l->err = key_folder_get(key, &row.folder);
	if (l->err == ERR_OK)
		l->err = held_row_get(value, &row);
	f = l->err == ERR_OK ? map_get(&l->m->by_id, row.folder) : NULL;
	if (f) {
		f->held = row.held;
		f->held_told = row.told;
	}
	return l->err == ERR_OK;
}

static bool load_mailbox(void *arg, struct str key, struct str value)
{
	struct load *l = arg;

	l->found = true;
	l->err = mailbox_row_get(value, &l->m->row);
	return false;
}

static const struct {
	struct str name;
	unsigned specials;
} usual[] = {
	{ S_INIT("INBOX"), FOLDER_SPECIAL_INBOX },
	{ S_INIT("Drafts"), FOLDER_SPECIAL_DRAFTS },
	{ S_INIT("Sent"), FOLDER_SPECIAL_SENT },
	{ S_INIT("Trash"), FOLDER_SPECIAL_TRASH },
	{ S_INIT("Junk"), FOLDER_SPECIAL_JUNK },
	{ S_INIT("Archive"), FOLDER_SPECIAL_ARCHIVE },
};

#define USUAL (sizeof(usual) / sizeof(usual[0]))

/* Figures only; the rows go to disk with the first write set, since rows_all stays set until one
 * was flushed. */
static void make(struct mailbox *m)
{
	m->row = (struct mailbox_row){ .email_next = 1, .retained_next = 1, .folder_next = 1 };
	m->rows_all = true;
	for (size_t i = 0; i < (mailbox_is_public(m) ? 1 : USUAL); i++) {
		struct folder *f = box_folder_new(m, m->row.folder_next++, usual[i].name);

		f->specials = usual[i].specials;
		f->subscribed = true;
		f->uidvalidity = box_uidvalidity(m);
		f->keywords_loaded = true;
		box_folder_add(f);
	}
}

static enum err load_of_folders(struct load *l)
{
	static const struct {
		char kind;
		kv_each *row;
	} kinds[] = { { KEYS_ACL, load_acl }, { KEYS_AGE, load_age }, { KEYS_KEEP, load_keep }, { KEYS_HELD, load_held } };
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && l->err == ERR_OK && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct key from = key_kind(kinds[i].kind), to = key_kind_end(kinds[i].kind);

		e = kv_scan(l->m->store->kv, l->m->id, key_str(&from), key_str(&to), 0, kinds[i].row, l);
	}
	return e;
}

static enum err load(struct mailbox *m)
{
	struct kv *kv = m->store->kv;
	struct key from = key_mailbox(), to = key_kind_end(KEYS_MAILBOX);
	struct load l = { .m = m };
	enum err e = kv_scan(kv, m->id, key_str(&from), key_str(&to), 1, load_mailbox, &l);

	if (e != ERR_OK || l.err != ERR_OK)
		return e != ERR_OK ? e : l.err;
	if (!l.found) {
		make(m);
		return ERR_OK;
	}
	if (m->row.removing)
		return ERR_NOBOX;
	from = key_kind(KEYS_FOLDER);
	to = key_kind_end(KEYS_FOLDER);
	e = kv_scan(kv, m->id, key_str(&from), key_str(&to), 0, load_folder, &l);
	if (e == ERR_OK && l.err == ERR_OK)
		e = load_of_folders(&l);
	if (e != ERR_OK || l.err != ERR_OK)
		return e != ERR_OK ? e : l.err;
	m->sub = m->now;
	m->modseq = m->row.modseq;
	m->retained_messages = m->row.retained_messages;
	m->retained_octets = m->row.retained_octets;
	return m->inbox && !m->inbox->noselect && !m->inbox->nonexistent ? ERR_OK : ERR_CORRUPT;
}

static struct mailbox *box_new(struct store *s, uint64_t id)
{
	struct mailbox *m = MEM_NEW(struct mailbox);

	m->store = s;
	m->id = id;
	m->age_days = FOLDER_AGE_DEFAULT;
	list_init(&m->idle);
	list_init(&m->queue);
	list_init(&m->watches);
	list_init(&m->log_watches);
	map_init(&m->by_id);
	map_put(&s->mailboxes, id, m);
	return m;
}

enum err box_open_removed(struct store *s, uint64_t id, struct mailbox **ret)
{
	struct mailbox *m = box_new(s, id);

	if (load(m) != ERR_NOBOX) {
		box_free(m);
		return ERR_NOBOX;
	}
	m->removing = true;
	*ret = mailbox_ref(m);
	return ERR_OK;
}

enum err box_open(struct store *s, uint64_t id, struct mailbox **ret)
{
	struct mailbox *m;
	enum err e;

	if (id == 0 || id > STORE_MAILBOX_MAX)
		return ERR_NOBOX;
	m = map_get(&s->mailboxes, id);
	if (m) {
		if (m->removing)
			return ERR_NOBOX;
		*ret = mailbox_ref(m);
		return ERR_OK;
	}
	m = box_new(s, id);
	e = load(m);
	if (e != ERR_OK) {
		if (e == ERR_CORRUPT)
			log_put(LOG_store_damage, LOG_U("mailbox", id), LOG_END);
		box_free(m);
		return e;
	}
	*ret = mailbox_ref(m);
	return ERR_OK;
}

/* ---- small things ---- */

uint32_t box_age_days(const struct folder *f)
{
	uint32_t days = f->age_days != FOLDER_AGE_DEFAULT ? f->age_days : f->mailbox->age_days;

	return days != FOLDER_AGE_DEFAULT ? days : 0;
}

uint32_t box_keep_days(const struct folder *f)
{
	return f->keep_days != FOLDER_AGE_DEFAULT ? f->keep_days : f->mailbox->limits.retention_days;
}

const struct acl *box_acl_above(struct mailbox *m, struct str name)
{
	for (struct str above = name_parent(name); above.len > 0; above = name_parent(above)) {
		const struct folder *f = box_folder_named(m, above);

		if (f && !f->noselect && !f->nonexistent)
			return f->acl;
	}
	return mailbox_is_public(m) ? &acl_public : m->acl;
}

uint32_t box_uidvalidity(struct mailbox *m)
{
	uint32_t now = (uint32_t)store_seconds(m->store);

	m->row.uidvalidity_last = now > m->row.uidvalidity_last ? now : m->row.uidvalidity_last + 1;
	return m->row.uidvalidity_last;
}

static bool is_at(uint64_t limit, uint64_t used)
{
	return limit > 0 && used >= limit;
}

enum mailbox_quota box_quota_state(const struct mailbox_limits *limits, const struct counts *used)
{
	if (is_at(limits->receive_octets, used->octets) || is_at(limits->messages_max, used->messages))
		return MAILBOX_QUOTA_FULL;
	if (is_at(limits->send_octets, used->octets))
		return MAILBOX_QUOTA_NOSEND;
	return is_at(limits->warn_octets, used->octets) ? MAILBOX_QUOTA_WARN : MAILBOX_QUOTA_OK;
}

void box_quota_look(struct mailbox *m)
{
	const struct store_options *o = &m->store->options;
	enum mailbox_quota state = box_quota_state(&m->limits, &m->now);

	if (state == m->quota)
		return;
	m->quota = state;
	if (o->quota)
		o->quota(o->arg, m->id, state, m->now.octets);
}
