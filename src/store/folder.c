#include "store/folder.h"

#include "base/log.h"
#include "base/mem.h"
#include "store/flags_row.h"
#include "store/keys.h"
#include "store/name.h"
#include "store/sight.h"

/* ---- finding ---- */

size_t folder_lower(const struct folder *f, uint32_t uid)
{
	size_t from = 0, to = f->items_count;

	must(f->loaded);
	/* Uids ascend: a message stands no further behind the first than its uid is above it, and just there where none is
	 * missing. */
	if (to > 0 && uid > f->items[0].uid && uid - f->items[0].uid < to) {
		to = uid - f->items[0].uid;
		if (f->items[to - 1].uid < uid)
			return to;
	}
	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (f->items[mid].uid < uid)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

struct item *folder_item(const struct folder *f, uint32_t uid)
{
	size_t at = folder_lower(f, uid);

	return at < f->items_count && f->items[at].uid == uid ? &f->items[at] : NULL;
}

static size_t dead_lower(const struct folder *f, uint32_t uid)
{
	size_t from = 0, to = f->dead_count;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (f->dead[mid].item.uid < uid)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

struct dead *folder_dead(const struct folder *f, uint32_t uid)
{
	size_t at = dead_lower(f, uid);

	return at < f->dead_count && f->dead[at].item.uid == uid ? &f->dead[at] : NULL;
}

/* ---- loading ---- */

static void items_reserve(struct folder *f, size_t room)
{
	if (room <= f->items_room)
		return;
	f->items = mem_resize(f->items, room * sizeof(struct item));
	f->items_room = room;
}

static void items_push(struct folder *f, const struct item *it)
{
	if (f->items_count == f->items_room)
		items_reserve(f, f->items_room + f->items_room / 4 + 16);
	f->items[f->items_count++] = *it;
}

struct item_load {
	struct folder *f;
	struct counts counts;
	enum err err;
};

static bool load_item(void *arg, struct str key, struct str value)
{
	struct item_load *l = arg;
	struct item it;
	struct counts c;
	uint32_t folder;

	l->err = key_item_get(key, &folder, &it.uid);
	if (l->err == ERR_OK)
		l->err = item_get(value, &it);
	if (l->err == ERR_OK && folder != l->f->id)
		l->err = ERR_CORRUPT;
	if (l->err != ERR_OK)
		return false;
	/* The engine may show rows of a write set that is still in flight; they appear when it is
	 * done. */
	if (it.uid >= l->f->uid_visible)
		return it.uid < l->f->uidnext || (l->err = ERR_CORRUPT, false);
	items_push(l->f, &it);
	c = counts_of(it.octets, it.flags);
	counts_add(&l->counts, &c);
	return true;
}

/* A write set that failed while later ones did not, and a crash before the figures were written
 * anew. */
static void mend_counts(struct folder *f, const struct counts *found)
{
	struct mailbox *m = f->mailbox;
	struct counts was = f->now;

	if (found->octets == was.octets && found->messages == was.messages && found->notes == was.notes &&
		found->unseen == was.unseen && found->deleted == was.deleted)
		return;
	log_put(LOG_counters_mended, LOG_U("mailbox", m->id), LOG_U("folder", f->id), LOG_END);
	counts_sub(&f->now, &was);
	counts_sub(&f->sub, &was);
	counts_sub(&m->now, &was);
	counts_sub(&m->sub, &was);
	counts_add(&f->now, found);
	counts_add(&f->sub, found);
	counts_add(&m->now, found);
	counts_add(&m->sub, found);
	m->rows_all = true;
}

/* Index of the first block that is not below. */
static size_t flags_lower(const struct folder *f, uint32_t block)
{
	size_t from = 0, to = f->flags_blocks_count;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (f->flags_blocks[mid] < block)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

bool folder_flags_noted(const struct folder *f, uint32_t block)
{
	size_t at = flags_lower(f, block);

	return at < f->flags_blocks_count && f->flags_blocks[at] == block;
}

void folder_flags_note(struct folder *f, uint32_t block)
{
	size_t at = flags_lower(f, block);

	if (folder_flags_noted(f, block))
		return;
	if (f->flags_blocks_count == f->flags_blocks_room) {
		f->flags_blocks_room = f->flags_blocks_room ? f->flags_blocks_room * 2 : 4;
		f->flags_blocks = mem_resize(f->flags_blocks, f->flags_blocks_room * sizeof(uint32_t));
	}
	memmove(f->flags_blocks + at + 1, f->flags_blocks + at, (f->flags_blocks_count - at) * sizeof(uint32_t));
	f->flags_blocks[at] = block;
	f->flags_blocks_count++;
}

static void load_run(struct item_load *l, const struct flags_run *run)
{
	struct folder *f = l->f;

	for (size_t at = folder_lower(f, run->first); at < f->items_count && f->items[at].uid <= run->last; at++) {
		struct item *it = &f->items[at];
		struct counts was = counts_of(it->octets, it->flags), is;

		if (!flags_run_apply(run, it))
			continue;
		is = counts_of(it->octets, it->flags);
		counts_sub(&l->counts, &was);
		counts_add(&l->counts, &is);
	}
}

static bool load_flags(void *arg, struct str key, struct str value)
{
	struct item_load *l = arg;
	struct flags_reader r;
	struct flags_run run;
	uint32_t folder, block;

	l->err = key_flags_get(key, &folder, &block);
	if (l->err == ERR_OK)
		l->err = folder == l->f->id ? flags_row_open(value, block, &r) : ERR_CORRUPT;
	if (l->err != ERR_OK)
		return false;
	folder_flags_note(l->f, block);
	while (flags_row_next(&r, &run))
		load_run(l, &run);
	return true;
}

/* One of a message that is not there yet, or that is not there any more, is not looked at. */
static bool load_note(void *arg, struct str key, struct str value)
{
	struct item_load *l = arg;
	struct item *it;
	uint32_t folder, uid;

	l->err = key_item_get(key, &folder, &uid);
	if (l->err == ERR_OK && folder != l->f->id)
		l->err = ERR_CORRUPT;
	if (l->err != ERR_OK)
		return false;
	it = folder_item(l->f, uid);
	if (it) {
		it->noted = true;
		l->counts.notes += value.len;
	}
	return true;
}

static enum err load_rows(struct item_load *l)
{
	struct mailbox *m = l->f->mailbox;
	struct key from = key_folder(KEYS_ITEM, l->f->id), to = key_folder(KEYS_ITEM, l->f->id + 1);
	enum err e = kv_scan(m->store->kv, m->id, key_str(&from), key_str(&to), 0, load_item, l);

	if (e != ERR_OK || l->err != ERR_OK)
		return e != ERR_OK ? e : l->err;
	l->f->loaded = true;
	from = key_folder(KEYS_FLAGS, l->f->id);
	to = key_folder(KEYS_FLAGS, l->f->id + 1);
	e = kv_scan(m->store->kv, m->id, key_str(&from), key_str(&to), 0, load_flags, l);
	if (e != ERR_OK || l->err != ERR_OK)
		return e != ERR_OK ? e : l->err;
	from = key_folder(KEYS_NOTES, l->f->id);
	to = key_folder(KEYS_NOTES, l->f->id + 1);
	e = kv_scan(m->store->kv, m->id, key_str(&from), key_str(&to), 0, load_note, l);
	return e != ERR_OK ? e : l->err;
}

enum err folder_load(struct folder *f)
{
	struct mailbox *m = f->mailbox;
	struct item_load l = { .f = f };
	enum err e;

	if (f->loaded)
		return ERR_OK;
	e = folder_keywords_load(f);
	if (e != ERR_OK)
		return e;
	items_reserve(f, f->now.messages < 1000000 ? f->now.messages + 1 : 1000000);
	e = load_rows(&l);
	if (e != ERR_OK) {
		log_put(LOG_store_damage, LOG_U("mailbox", m->id), LOG_U("folder", f->id), LOG_END);
		folder_unload(f);
		return e;
	}
	mend_counts(f, &l.counts);
	return ERR_OK;
}

static void ring_drop(struct folder *f)
{
	for (size_t i = 0; f->ring && i < f->ring_count && i < FOLDER_RING; i++)
		note_names_unref(f->ring[i].names);
	mem_free(f->ring);
}

void folder_unload(struct folder *f)
{
	must(list_empty(&f->views));
	mem_free(f->items);
	mem_free(f->dead);
	ring_drop(f);
	mem_free(f->flags_blocks);
	f->flags_blocks = NULL;
	f->flags_blocks_count = f->flags_blocks_room = 0;
	f->items = NULL;
	f->dead = NULL;
	f->ring = NULL;
	f->items_count = f->items_room = f->dead_count = f->dead_room = 0;
	f->ring_count = 0;
	f->loaded = false;
}

void folder_idle_leave(struct folder *f)
{
	if (list_empty(&f->idle))
		return;
	list_remove(&f->idle);
	f->mailbox->store->idle_item_octets -= f->items_room * sizeof(struct item);
}

/* ---- keywords ---- */

static void keyword_push(void *arg, struct str name)
{
	struct folder *f = arg;
	char *copy = str_dup_c(name);

	f->keywords = mem_resize(f->keywords, (f->keywords_count + 1) * sizeof(struct str));
	f->keywords[f->keywords_count++] = str_make(copy, name.len);
}

enum err folder_keywords_load(struct folder *f)
{
	struct key key = key_folder(KEYS_KEYWORDS, f->id);
	struct kv_read row = { .shard = f->mailbox->id, .key = key_str(&key) };
	struct arena a;
	enum err e;

	if (f->keywords_loaded)
		return ERR_OK;
	arena_init(&a, ARENA_NONE);
	e = kv_read_all(f->mailbox->store->kv, &row, 1, &a);
	if (e == ERR_OK && row.ret_found)
		e = keywords_row_get(row.ret_value, keyword_push, f);
	f->keywords_loaded = e == ERR_OK;
	arena_done(&a);
	return e;
}

enum err folder_keyword_number(struct folder *f, struct str name, bool add, unsigned *ret)
{
	enum err e;

	must(f->keywords_loaded);
	for (unsigned i = 0; i < f->keywords_count; i++) {
		if (!str_ieq(f->keywords[i], name))
			continue;
		*ret = i;
		return ERR_OK;
	}
	if (!add)
		return ERR_NOTFOUND;
	e = name_keyword_check(name);
	if (e != ERR_OK)
		return e;
	if (f->keywords_count == ITEM_KEYWORDS_MAX)
		return ERR_LIMIT;
	keyword_push(f, name);
	f->keywords_dirty = true;
	*ret = (unsigned)f->keywords_count - 1;
	return ERR_OK;
}

struct keyword_take {
	struct folder *f;
	struct item *it;
};

static void take_keyword(void *arg, struct str name)
{
	struct keyword_take *t = arg;
	unsigned number;

	if (folder_keyword_number(t->f, name, true, &number) == ERR_OK)
		item_keyword_set(t->it, number, true);
}

void folder_keywords_take(struct folder *f, struct str row, struct item *it)
{
	struct keyword_take t = { f, it };

	if (row.len > 0)
		(void)!keywords_row_get(row, take_keyword, &t);
}

/* ---- what becomes visible ---- */

void folder_appear(struct folder *f, const struct item *it)
{
	must(it->uid >= f->uid_visible);
	f->uid_visible = it->uid + 1;
	if (f->loaded)
		items_push(f, it);
}

/* it: in f->items. */
static void ring_put(struct folder *f, const struct item *it, struct note_names *names)
{
	struct flag_change *last, *to;

	if (list_empty(&f->views))
		return;
	if (!f->ring) {
		f->ring = mem_new(FOLDER_RING * sizeof(struct flag_change));
		f->ring_from = f->modseq;
		f->ring_count = 0;
	}
	last = f->ring_count > 0 ? &f->ring[(f->ring_count - 1) % FOLDER_RING] : NULL;
	if (last && last->modseq == it->modseq && it > f->items && (it - 1)->uid == last->last) {
		last->last = it->uid;
		return;
	}
	to = &f->ring[f->ring_count % FOLDER_RING];
	if (f->ring_count >= FOLDER_RING) {
		f->ring_from = to->modseq;
		note_names_unref(to->names);
	}
	f->ring_count++;
	*to = (struct flag_change){ it->modseq, it->uid, it->uid, note_names_ref(names) };
}

void folder_change(struct folder *f, const struct item *it, struct note_names *names)
{
	struct item *at = folder_item(f, it->uid);

	must(at);
	*at = *it;
	ring_put(f, at, names);
}

static void dead_put(struct folder *f, const struct item *it, uint32_t views)
{
	size_t at = dead_lower(f, it->uid);

	if (f->dead_count == f->dead_room) {
		f->dead_room = f->dead_room ? f->dead_room * 2 : 16;
		f->dead = mem_resize(f->dead, f->dead_room * sizeof(struct dead));
	}
	memmove(f->dead + at + 1, f->dead + at, (f->dead_count - at) * sizeof(struct dead));
	f->dead[at] = (struct dead){ *it, views };
	f->dead_count++;
}

void folder_vanish(struct folder *f, const uint32_t *uids, size_t count)
{
	size_t from, to, next = 0;

	if (!f->loaded || count == 0)
		return;
	for (from = to = folder_lower(f, uids[0]); from < f->items_count; from++) {
		const struct item *it = &f->items[from];

		if (next < count && uids[next] == it->uid) {
			uint32_t views = sight_lose(f, it->uid);

			if (views > 0)
				dead_put(f, it, views);
			next++;
		} else if (to == from) {
			to++;
		} else if (next == count) {
			memmove(f->items + to, f->items + from,
				(f->items_count - from) * sizeof(struct item));
			to += f->items_count - from;
			break;
		} else {
			f->items[to++] = *it;
		}
	}
	must(next == count);
	f->items_count = to;
}

void folder_bury(struct folder *f)
{
	size_t to = 0;

	for (size_t from = 0; from < f->dead_count; from++) {
		if (f->dead[from].views > 0)
			f->dead[to++] = f->dead[from];
	}
	f->dead_count = to;
	if (to > 0)
		return;
	mem_free(f->dead);
	f->dead = NULL;
	f->dead_room = 0;
}
