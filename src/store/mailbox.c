#include "store/mailbox.h"

#include "store/folder.h"
#include "store/keys.h"
#include "store/reader.h"

uint64_t mailbox_id(const struct mailbox *m)
{
	return m->id;
}

bool mailbox_is_public(const struct mailbox *m)
{
	return m->id == m->store->public_id;
}

void mailbox_limits_set(struct mailbox *m, const struct mailbox_limits *limits)
{
	m->limits = *limits;
	box_quota_look(m);
}

const struct mailbox_limits *mailbox_limits(const struct mailbox *m)
{
	return &m->limits;
}

void mailbox_stats(const struct mailbox *m, struct mailbox_stats *ret)
{
	*ret = (struct mailbox_stats){
		.messages = m->now.messages,
		.octets = m->now.octets,
		.retained_messages = m->retained_messages,
		.retained_octets = m->retained_octets,
		.modseq = m->modseq,
		.quota = box_quota_state(&m->limits, &m->now),
	};
	ret->folders_max = m->limits.folders_max;
	if (ret->folders_max == 0 || ret->folders_max > FOLDERS_MAX)
		ret->folders_max = FOLDERS_MAX;
	for (size_t i = 0; i < m->folders_count; i++)
		ret->folders += !m->folders[i]->nonexistent;
}

enum mailbox_quota mailbox_quota_state(const struct mailbox *m)
{
	return box_quota_state(&m->limits, &m->now);
}

static bool fits(uint64_t limit, uint64_t used, uint64_t more)
{
	return limit == 0 || more == 0 || (used <= limit && more <= limit - used);
}

bool mailbox_has_room(const struct mailbox *m, uint64_t messages, uint64_t octets)
{
	return fits(m->limits.receive_octets, m->sub.octets, octets) &&
	       fits(m->limits.messages_max, m->sub.messages, messages);
}

/* ---- folders ---- */

static void info(const struct folder *f, struct folder_info *ret)
{
	*ret = (struct folder_info){
		.id = f->nonexistent ? 0 : f->id,
		.name = f->name,
		.uidvalidity = f->uidvalidity,
		.uidnext = f->uid_visible,
		.modseq = f->modseq,
		.octets = f->now.octets,
		.messages = f->now.messages,
		.unseen = f->now.unseen,
		.deleted = f->now.deleted,
		.recent_from = f->recent_from,
		.specials = f->specials,
		.subscribed = f->subscribed,
		.noselect = f->noselect,
		.nonexistent = f->nonexistent,
		.has_children = box_has_children(f->mailbox, f),
	};
}

bool folder_next(struct mailbox *m, size_t *at, struct folder_info *ret)
{
	if (*at >= m->folders_count)
		return false;
	info(m->folders[(*at)++], ret);
	return true;
}

size_t folder_from(const struct mailbox *m, struct str name)
{
	return box_from(m, name);
}

size_t folder_after(const struct mailbox *m, struct str name)
{
	size_t at = box_from(m, name);

	return at + (at < m->folders_count && str_eq(m->folders[at]->name, name));
}

enum err folder_find(struct mailbox *m, struct str name, struct folder_info *ret)
{
	struct arena a;
	struct folder *f;
	enum err e;

	arena_init(&a, ARENA_NONE);
	e = folder_name(&a, name, &name);
	f = e == ERR_OK ? box_folder_named(m, name) : NULL;
	arena_done(&a);
	if (!f || f->nonexistent)
		return e != ERR_OK ? e : ERR_NOFOLDER;
	info(f, ret);
	return ERR_OK;
}

enum err folder_by_id(struct mailbox *m, uint32_t id, struct folder_info *ret)
{
	struct folder *f = id ? map_get(&m->by_id, id) : NULL;

	if (!f || f->nonexistent)
		return ERR_NOFOLDER;
	info(f, ret);
	return ERR_OK;
}

enum err folder_by_id_any(struct mailbox *m, uint32_t id, struct folder_info *ret)
{
	struct folder *f = id ? map_get(&m->by_id, id) : NULL;

	if (!f)
		return ERR_NOFOLDER;
	info(f, ret);
	return ERR_OK;
}

enum err folder_unseen(struct mailbox *m, uint32_t id, uint64_t account, uint32_t *ret)
{
	struct folder *f = box_folder(m, id);
	struct reader *r = NULL;
	enum err e;

	if (!f)
		return ERR_NOFOLDER;
	folder_use(f);
	e = reader_open(f, account, &r);
	/* Of most folders most readers have seen nothing: those need not be loaded. */
	if (r && r->spans.count > 0)
		e = folder_load(f);
	if (e == ERR_OK)
		*ret = !mailbox_is_public(m) ? f->now.unseen : r && r->spans.count > 0 ? reader_unseen(r) : f->now.messages;
	reader_close(r);
	folder_unuse(f);
	return e;
}

enum err folder_deleted_octets(struct mailbox *m, uint32_t id, uint64_t *ret)
{
	struct folder *f = box_folder(m, id);
	uint64_t octets = 0;
	enum err e;

	if (!f)
		return ERR_NOFOLDER;
	if (f->now.deleted > 0) {
		folder_use(f);
		e = folder_load(f);
		for (size_t i = 0; e == ERR_OK && i < f->items_count; i++)
			octets += f->items[i].flags & ITEM_DELETED ? f->items[i].octets : 0;
		folder_unuse(f);
		if (e != ERR_OK)
			return e;
	}
	*ret = octets;
	return ERR_OK;
}

const struct acl *folder_acl(struct mailbox *m, uint32_t id)
{
	const struct folder *f = id ? map_get(&m->by_id, id) : NULL;

	return id == 0 ? m->acl : f ? f->acl : NULL;
}

/* Who may empty a folder may look at what was removed from it. */
static uint32_t kept_rights(struct mailbox *m, uint32_t of, const struct acl_user *user)
{
	uint32_t all = ACL_DELETE_MESSAGES | ACL_EXPUNGE;
	uint32_t rights = acl_rights(folder_acl(m, box_folder(m, of) ? of : 0), user);

	return (rights & ACL_ADMIN) != 0 || (rights & all) == all ? ACL_LOOKUP | ACL_READ | all : 0;
}

uint32_t folder_rights(struct mailbox *m, uint32_t id, const struct acl_user *user)
{
	if (folder_is_kept(id))
		return kept_rights(m, id & ~FOLDER_KEPT, user);
	return acl_rights(folder_acl(m, id), user);
}

struct str folder_keyword(struct mailbox *m, uint32_t id, unsigned i)
{
	struct folder *f = box_folder(m, id);

	if (!f || folder_keywords_load(f) != ERR_OK || i >= f->keywords_count)
		return STR_NONE;
	return f->keywords[i];
}

/* ---- change log ---- */

struct changes {
	mailbox_change_each *each;
	void *arg;
	uint32_t folder;
	uint64_t until;
	enum err err;
};

static bool change_rows(void *arg, struct str key, struct str value)
{
	struct changes *c = arg;
	struct mailbox_change change = { 0 };
	struct change_reader r;

	c->err = key_number_get(key, &change.modseq);
	if (c->err == ERR_OK && change.modseq > c->until)
		return false;
	if (c->err == ERR_OK)
		c->err = change_row_open(value, &r);
	while (c->err == ERR_OK && change_row_next(&r, &change)) {
		if ((c->folder == 0 || c->folder == change.folder) && !c->each(c->arg, &change))
			return false;
	}
	return c->err == ERR_OK;
}

enum err mailbox_changes(
	struct mailbox *m, uint32_t folder, uint64_t since, mailbox_change_each *each, void *arg)
{
	struct changes c = { each, arg, folder, m->modseq, ERR_OK };
	struct key from, to = key_kind_end(KEYS_CHANGE);
	enum err e;

	if (since < m->row.changes_floor)
		return ERR_NOTFOUND;
	if (since >= m->modseq)
		return ERR_OK;
	from = key_number(KEYS_CHANGE, since + 1);
	e = kv_scan(m->store->kv, m->id, key_str(&from), key_str(&to), 0, change_rows, &c);
	return e != ERR_OK ? e : c.err;
}
