#include "store/kept.h"

#include "base/mem.h"
#include "store/keys.h"
#include "store/sight.h"

#define LOOKED_AT ((uint64_t)200000) /* retained ids: the last of a mailbox, for one look */

bool folder_is_kept(uint32_t id)
{
	return (id & FOLDER_KEPT) != 0;
}

/* ---- what follows ---- */

void kept_come(struct part *p, uint32_t folder, uint64_t id, const struct item *it)
{
	struct item own = *it;

	own.uid = (uint32_t)id;
	own.modseq = id;
	write_kept(p, folder, &own, false);
}

void kept_go(struct part *p, uint32_t folder, uint64_t id)
{
	write_kept(p, folder, &(struct item){ .uid = (uint32_t)id }, true);
}

/* Keywords are numbers of the folder that it was in: only one that is looked at anew knows their names here. */
void kept_appear(struct folder *f, const struct item *it, bool gone)
{
	const struct item *there = folder_item(f, it->uid);
	struct item own = *it;
	struct counts c;

	f->modseq++;
	if (gone && there) {
		c = counts_of(there->octets, there->flags);
		counts_sub(&f->now, &c);
		folder_vanish(f, &it->uid, 1);
	} else if (!gone && it->uid >= f->uid_visible) {
		own.flags &= (uint8_t)~ITEM_DELETED;
		memset(own.keywords, 0, sizeof(own.keywords));
		own.noted = own.apart = false;
		c = counts_of(own.octets, own.flags);
		counts_add(&f->now, &c);
		f->uidnext = own.uid + 1;
		folder_appear(f, &own);
	}
}

/* ---- looking ---- */

struct filling {
	struct folder *f;
	uint32_t of; /* the folder that they were in */
	enum err err;
};

static bool fill_row(void *arg, struct str key, struct str value)
{
	struct filling *x = arg;
	struct retained_row row;
	struct counts c;
	struct item it;
	uint64_t id;

	x->err = key_number_get(key, &id);
	if (x->err == ERR_OK)
		x->err = retained_row_get(value, &row);
	if (x->err != ERR_OK)
		return false;
	if (row.folder != x->of || (uint32_t)id < x->f->uid_visible)
		return true;
	it = (struct item){ .modseq = id, .uid = (uint32_t)id, .email = row.email, .date = row.date, .sent = row.sent, .octets = row.octets,
		.saved = (uint32_t)row.deleted, .flags = (uint8_t)(row.flags & ~ITEM_DELETED) };
	folder_keywords_take(x->f, row.keywords, &it);
	c = counts_of(it.octets, it.flags);
	counts_add(&x->f->now, &c);
	folder_appear(x->f, &it);
	return true;
}

static enum err fill(struct folder *f, uint32_t of)
{
	struct mailbox *m = f->mailbox;
	uint64_t end = m->row.retained_next, first = end > LOOKED_AT ? end - LOOKED_AT : 0;
	struct key from = key_number(KEYS_RETAINED, first), to = key_kind_end(KEYS_RETAINED);
	struct filling x = { f, of, ERR_OK };
	enum err e = kv_scan(m->store->kv, m->id, key_str(&from), key_str(&to), 0, fill_row, &x);

	/* After a restore the numbers go on in the same order, but they are others. */
	f->uidvalidity = (uint32_t)(end >> 32) + 1;
	if (f->uid_visible < (uint32_t)end)
		f->uid_visible = (uint32_t)end;
	f->uidnext = f->uid_visible;
	f->recent_from = UINT32_MAX;
	f->modseq = end;
	return e == ERR_OK ? x.err : e;
}

struct named {
	struct str name;
	uint32_t folder;
};

static bool take_gone(void *arg, const struct retained_folder *f)
{
	struct named *n = arg;

	if (str_eq(f->name, n->name))
		n->folder = f->folder;
	return true;
}

/* A folder that is there, or else the last one of that name that was deleted. */
static enum err find(struct mailbox *m, struct str name, uint32_t *ret)
{
	struct named gone = { .name = name };
	struct folder *f = box_folder_named(m, name);
	enum err e;

	if (f && !f->nonexistent && !f->noselect) {
		*ret = f->id;
		return mailbox_is_public(m) && f == box_inbox(m) ? ERR_NOFOLDER : ERR_OK;
	}
	e = mailbox_retained_folders(m, 0, take_gone, &gone);
	*ret = gone.folder;
	return e == ERR_OK && gone.folder == 0 ? ERR_NOFOLDER : e;
}

static enum err make(struct mailbox *m, uint32_t of, struct str name, struct folder **ret)
{
	struct folder *f = box_folder_new(m, of | FOLDER_KEPT, name);
	enum err e;

	f->kept = f->loaded = f->keywords_loaded = true;
	map_put(&m->by_id, f->id, f);
	folder_use(f);
	e = fill(f, of);
	if (e != ERR_OK)
		folder_unuse(f);
	else
		*ret = f;
	return e;
}

enum err folder_kept_open(struct mailbox *m, struct str name, struct folder_info *ret)
{
	struct arena a;
	struct str inner;
	struct folder *f = NULL;
	uint32_t of = 0;
	enum err e;

	if (!str_starts(name, S(FOLDER_KEPT_TREE "/")) || m->removing)
		return ERR_NOFOLDER;
	arena_init(&a, ARENA_NONE);
	e = folder_name(&a, str_skip(name, sizeof(FOLDER_KEPT_TREE)), &inner);
	if (e == ERR_OK)
		e = find(m, inner, &of);
	if (e == ERR_OK)
		f = map_get(&m->by_id, of | FOLDER_KEPT);
	if (e == ERR_OK && f)
		folder_use(f);
	else if (e == ERR_OK)
		e = make(m, of, arena_printf(&a, FOLDER_KEPT_TREE "/%.*s", STR_FMT(inner)), &f);
	arena_done(&a);
	return e == ERR_OK ? folder_by_id(m, f->id, ret) : e;
}

void folder_kept_close(struct mailbox *m, uint32_t id)
{
	struct folder *f = folder_is_kept(id) ? map_get(&m->by_id, id) : NULL;

	must(f);
	folder_unuse(f);
}

void mailbox_kept_ids(struct mailbox *m, uint32_t folder, struct uid_list list, uint64_t *ret, size_t *ret_count)
{
	const struct folder *f = map_get(&m->by_id, folder);
	size_t count = 0;

	for (size_t i = 0; f && f->kept && i < list.count; i++) {
		const struct item *it = folder_item(f, list.uids[i]);

		if (it)
			ret[count++] = it->modseq;
	}
	*ret_count = count;
}
