#include "store/row.h"

#include "base/mem.h"

#define ROW_VERSION 1u
#define SEVERAL_SPECIALS 0x80u
#define ROW_VERSION_KEPT 2u /* of an email: as 1, with a row of kept fields beside it */
#define ROW_VERSION_NOTED 2u /* of a folder and of a retained message: there are notes */
#define ROW_VERSION_SAVED 3u /* of a retained message: with all that comes back with it */
#define ROW_VERSION_RUNS 2u /* of changes: runs of them */
#define CHANGE_OCTETS_1  17u /* an entry of version 1 */

static struct rd open_row(struct str value)
{
	struct rd r = rd_from(value);

	if (rd_u8(&r) != ROW_VERSION)
		rd_fail(&r);
	return r;
}

/* Version 2 is as 1, and tells of notes. */
static struct rd open_noted(struct str value, bool *ret_noted)
{
	struct rd r = rd_from(value);
	uint8_t version = rd_u8(&r);

	*ret_noted = version == ROW_VERSION_NOTED;
	if (version != ROW_VERSION && !*ret_noted)
		rd_fail(&r);
	return r;
}

void mailbox_row_put(struct wr *to, const struct mailbox_row *row)
{
	wr_u8(to, ROW_VERSION);
	wr_u64(to, row->modseq);
	wr_u64(to, row->email_next);
	wr_u64(to, row->retained_next);
	wr_u64(to, row->retained_messages);
	wr_u64(to, row->retained_octets);
	wr_u64(to, row->changes_floor);
	wr_u32(to, row->folder_next);
	wr_u32(to, row->uidvalidity_last);
	wr_bool(to, row->removing);
}

enum err mailbox_row_get(struct str value, struct mailbox_row *ret)
{
	struct rd r = open_row(value);
	struct mailbox_row row;

	row.modseq = rd_u64(&r);
	row.email_next = rd_u64(&r);
	row.retained_next = rd_u64(&r);
	row.retained_messages = rd_u64(&r);
	row.retained_octets = rd_u64(&r);
	row.changes_floor = rd_u64(&r);
	row.folder_next = rd_u32(&r);
	row.uidvalidity_last = rd_u32(&r);
	row.removing = rd_bool(&r);
	if (rd_end(&r) != ERR_OK || row.email_next == 0 || row.retained_next == 0 ||
		row.folder_next == 0)
		return ERR_CORRUPT;
	*ret = row;
	return ERR_OK;
}

/* None or one: its number; several: the high bit and the bits of them. */
static uint8_t specials_number(unsigned specials)
{
	unsigned n = 1;

	if ((specials & (specials - 1)) != 0)
		return (uint8_t)(SEVERAL_SPECIALS | specials);
	while (specials > 1u) {
		specials >>= 1;
		n++;
	}
	return (uint8_t)(specials == 0 ? 0 : n);
}

static bool specials_of(uint8_t number, unsigned *ret)
{
	unsigned specials = number & ~SEVERAL_SPECIALS;

	if ((number & SEVERAL_SPECIALS) == 0) {
		*ret = number > 0 && number < 32 ? 1u << (number - 1) : 0;
		return number == 0 || (*ret & FOLDER_SPECIALS) != 0;
	}
	*ret = specials;
	return (specials & ~FOLDER_SPECIALS) == 0 && (specials & (specials - 1)) != 0;
}

void folder_row_put(struct wr *to, const struct folder_row *row)
{
	wr_u8(to, row->notes > 0 ? ROW_VERSION_NOTED : ROW_VERSION);
	wr_u32(to, row->uidvalidity);
	wr_u32(to, row->uidnext);
	wr_u64(to, row->modseq);
	wr_u64(to, row->octets);
	wr_u32(to, row->messages);
	wr_u32(to, row->unseen);
	wr_u32(to, row->deleted);
	wr_u32(to, row->recent_from);
	if (row->notes > 0)
		wr_u64(to, row->notes);
	wr_u8(to, specials_number(row->specials));
	wr_bool(to, row->subscribed);
	wr_bool(to, row->noselect);
	wr_bool(to, row->nonexistent);
	wr_str(to, row->name);
}

enum err folder_row_get(struct str value, struct folder_row *ret)
{
	bool noted;
	struct rd r = open_noted(value, &noted);
	struct folder_row row;
	uint8_t special;

	row.uidvalidity = rd_u32(&r);
	row.uidnext = rd_u32(&r);
	row.modseq = rd_u64(&r);
	row.octets = rd_u64(&r);
	row.messages = rd_u32(&r);
	row.unseen = rd_u32(&r);
	row.deleted = rd_u32(&r);
	row.recent_from = rd_u32(&r);
	row.notes = noted ? rd_u64(&r) : 0;
	special = rd_u8(&r);
	row.subscribed = rd_bool(&r);
	row.noselect = rd_bool(&r);
	row.nonexistent = rd_bool(&r);
	row.name = rd_str(&r);
	if (rd_end(&r) != ERR_OK || !specials_of(special, &row.specials))
		return ERR_CORRUPT;
	if (row.name.len == 0 || row.name.len > FOLDER_NAME_OCTETS_MAX)
		return ERR_CORRUPT;
	if (row.uidvalidity == 0 || row.uidnext == 0 || (noted && row.notes == 0))
		return ERR_CORRUPT;
	*ret = row;
	return ERR_OK;
}

void email_row_put(struct wr *to, const struct email_row *row)
{
	wr_u8(to, row->kept ? ROW_VERSION_KEPT : ROW_VERSION);
	wr_u64(to, row->blob);
	wr_u64(to, row->record_blob);
	wr_u64(to, row->octets);
	wr_u32(to, row->refs);
}

enum err email_row_get(struct str value, struct email_row *ret)
{
	struct rd r = rd_from(value);
	struct email_row row;
	uint8_t version = rd_u8(&r);

	if (version != ROW_VERSION && version != ROW_VERSION_KEPT)
		rd_fail(&r);
	row.kept = version == ROW_VERSION_KEPT;

	row.blob = rd_u64(&r);
	row.record_blob = rd_u64(&r);
	row.octets = rd_u64(&r);
	row.refs = rd_u32(&r);
	if (rd_end(&r) != ERR_OK || row.blob == 0 || row.refs == 0)
		return ERR_CORRUPT;
	*ret = row;
	return ERR_OK;
}

void retained_row_put(struct wr *to, const struct retained_row *row)
{
	uint8_t unsaved = row->notes.len > 0 ? ROW_VERSION_NOTED : ROW_VERSION;

	wr_u8(to, row->saved != 0 ? ROW_VERSION_SAVED : unsaved);
	wr_u64(to, row->email);
	wr_u64(to, (uint64_t)row->date);
	wr_u64(to, (uint64_t)row->deleted);
	wr_u32(to, row->folder);
	wr_u32(to, row->uid);
	wr_u32(to, row->octets);
	wr_u8(to, row->flags);
	if (row->saved != 0) {
		wr_u32(to, row->saved);
		wr_u64(to, (uint64_t)row->sent);
		wr_u64(to, row->poster);
		wr_str(to, row->keywords);
	}
	if (row->saved != 0 || row->notes.len > 0)
		wr_str(to, row->notes);
}

/* What rows of version 3 have and those before it have not. */
static void get_saved(struct rd *r, struct retained_row *row)
{
	row->saved = rd_u32(r);
	row->sent = (int64_t)rd_u64(r);
	row->poster = rd_u64(r);
	row->keywords = rd_str(r);
	if (row->saved == 0 || (row->keywords.len > 0 && keywords_row_get(row->keywords, NULL, NULL) != ERR_OK))
		rd_fail(r);
}

enum err retained_row_get(struct str value, struct retained_row *ret)
{
	struct retained_row row = { .notes = STR_NONE, .keywords = STR_NONE };
	struct rd r = rd_from(value);
	uint8_t version = rd_u8(&r);

	if (version < ROW_VERSION || version > ROW_VERSION_SAVED)
		rd_fail(&r);
	row.email = rd_u64(&r);
	row.date = (int64_t)rd_u64(&r);
	row.deleted = (int64_t)rd_u64(&r);
	row.folder = rd_u32(&r);
	row.uid = rd_u32(&r);
	row.octets = rd_u32(&r);
	row.flags = rd_u8(&r);
	if (version == ROW_VERSION_SAVED)
		get_saved(&r, &row);
	if (version != ROW_VERSION)
		row.notes = rd_str(&r);
	if (rd_end(&r) != ERR_OK || row.email == 0 || (row.flags & ~ITEM_FLAGS) != 0 || (version == ROW_VERSION_NOTED && row.notes.len == 0))
		return ERR_CORRUPT;
	*ret = row;
	return ERR_OK;
}

void keywords_row_put(struct wr *to, const struct str *names, size_t count)
{
	wr_u8(to, ROW_VERSION);
	wr_u8(to, (uint8_t)count);
	for (size_t i = 0; i < count; i++)
		wr_str(to, names[i]);
}

enum err keywords_row_get(struct str value, void (*each)(void *arg, struct str name), void *arg)
{
	struct rd r = open_row(value), again;
	unsigned count = rd_u8(&r);

	if (count > ITEM_KEYWORDS_MAX)
		rd_fail(&r);
	again = r;
	for (unsigned i = 0; i < count && !r.failed; i++) {
		struct str name = rd_str(&r);

		if (name.len == 0 || name.len > ITEM_KEYWORD_OCTETS_MAX)
			rd_fail(&r);
	}
	if (rd_end(&r) != ERR_OK)
		return ERR_CORRUPT;
	for (unsigned i = 0; each && i < count; i++)
		each(arg, rd_str(&again));
	return ERR_OK;
}

void age_row_put(struct wr *to, uint32_t days)
{
	wr_u8(to, ROW_VERSION);
	wr_u32(to, days);
}

enum err age_row_get(struct str value, uint32_t *ret)
{
	struct rd r = open_row(value);
	uint32_t days = rd_u32(&r);

	if (rd_end(&r) != ERR_OK || days > FOLDER_AGE_DAYS_MAX)
		return ERR_CORRUPT;
	*ret = days;
	return ERR_OK;
}

void held_row_put(struct wr *to, const struct moderation *row)
{
	wr_u8(to, ROW_VERSION);
	wr_u32(to, row->held);
	wr_u32(to, row->told);
}

enum err held_row_get(struct str value, struct moderation *ret)
{
	struct rd r = open_row(value);
	uint32_t held = rd_u32(&r), told = rd_u32(&r);

	if (rd_end(&r) != ERR_OK || held == 0)
		return ERR_CORRUPT;
	ret->held = held;
	ret->told = told;
	return ERR_OK;
}

void poster_row_put(struct wr *to, uint64_t account)
{
	wr_u8(to, ROW_VERSION);
	wr_u64(to, account);
}

enum err poster_row_get(struct str value, uint64_t *ret)
{
	struct rd r = open_row(value);
	uint64_t account = rd_u64(&r);

	if (rd_end(&r) != ERR_OK || account == 0)
		return ERR_CORRUPT;
	*ret = account;
	return ERR_OK;
}

void article_row_put(struct wr *to, uint64_t email)
{
	wr_u8(to, ROW_VERSION);
	wr_u64(to, email);
}

enum err article_row_get(struct str value, uint64_t *ret)
{
	struct rd r = open_row(value);
	uint64_t email = rd_u64(&r);

	if (rd_end(&r) != ERR_OK || email == 0)
		return ERR_CORRUPT;
	*ret = email;
	return ERR_OK;
}

void url_keys_row_put(struct wr *to, const struct url_key *keys, size_t count)
{
	wr_u8(to, ROW_VERSION);
	wr_u16(to, (uint16_t)count);
	for (size_t i = 0; i < count; i++) {
		wr_u64(to, keys[i].account);
		wr_octets(to, str_make(keys[i].octets, FOLDER_URL_KEY_OCTETS));
	}
}

enum err url_keys_row_get(struct str value, struct arena *a, struct url_key **ret, size_t *ret_count)
{
	struct rd r = open_row(value);
	size_t count = rd_u16(&r);
	struct url_key *keys = ARENA_ARRAY(a, struct url_key, count + 1);
	bool sound = count <= FOLDER_URL_KEYS_MAX && count > 0;

	for (size_t i = 0; sound && i < count; i++) {
		struct str octets;

		keys[i].account = rd_u64(&r);
		octets = rd_octets(&r, FOLDER_URL_KEY_OCTETS);
		sound = octets.len == FOLDER_URL_KEY_OCTETS && (i == 0 || keys[i - 1].account < keys[i].account);
		if (sound)
			memcpy(keys[i].octets, octets.at, FOLDER_URL_KEY_OCTETS);
	}
	if (rd_end(&r) != ERR_OK || !sound)
		return ERR_CORRUPT;
	*ret = keys;
	*ret_count = count;
	return ERR_OK;
}

/* As stored; groups came later. */
static const uint8_t acl_kinds[ACL_KIND_END + 1] = { [ACL_ANYONE] = 1,
	[ACL_AUTHENTICATED] = 2,
	[ACL_DELEGATES] = 3,
	[ACL_ACCOUNT] = 4,
	[ACL_GROUP] = 5,
	[ACL_KIND_END] = UINT8_MAX };

static enum acl_kind acl_kind_from(uint8_t stored)
{
	for (unsigned kind = ACL_ANYONE; kind < ACL_KIND_END; kind++) {
		if (acl_kinds[kind] == stored)
			return (enum acl_kind)kind;
	}
	return ACL_KIND_END;
}

void acl_row_put(struct wr *to, const struct acl *acl)
{
	wr_u8(to, ROW_VERSION);
	wr_u16(to, (uint16_t)acl->count);
	for (size_t i = 0; i < acl->count; i++) {
		const struct acl_entry *e = &acl->entries[i];

		wr_u8(to, acl_kinds[e->kind]);
		wr_bool(to, e->negative);
		wr_u32(to, e->rights);
		wr_u64(to, e->account);
	}
}

static bool read_acl_entry(struct rd *r, struct acl_entry *ret)
{
	ret->kind = acl_kind_from(rd_u8(r));
	ret->negative = rd_bool(r);
	ret->rights = rd_u32(r);
	ret->account = rd_u64(r);
	return !r->failed && ret->kind != ACL_KIND_END && (ret->rights & ~ACL_KNOWN) == 0 &&
	       (ret->account != 0) == acl_kind_has_id(ret->kind);
}

enum err acl_row_get(struct str value, struct acl **ret)
{
	struct rd r = open_row(value);
	size_t count = rd_u16(&r);
	struct acl *acl = MEM_NEW(struct acl);
	bool sound = count <= ACL_ENTRIES_MAX;

	acl->entries = mem_new(((sound ? count : 0) + 1) * sizeof(*acl->entries));
	while (sound && acl->count < count) {
		struct acl_entry *e = &acl->entries[acl->count];

		sound = read_acl_entry(&r, e) && (acl->count == 0 || acl_order(e - 1, e) < 0);
		acl->count++;
	}
	if (rd_end(&r) != ERR_OK || !sound) {
		acl_free(acl);
		return ERR_CORRUPT;
	}
	*ret = acl;
	return ERR_OK;
}

static int order_entries(struct str a, struct str b)
{
	for (size_t i = 0; i < a.len && i < b.len; i++) {
		char x = ascii_lower(a.at[i]), y = ascii_lower(b.at[i]);

		if (x != y)
			return x < y ? -1 : 1;
	}
	return (a.len > b.len) - (a.len < b.len);
}

int annotation_order(const struct annotation *a, const struct annotation *b)
{
	int order = order_entries(a->entry, b->entry);

	return order != 0 ? order : (a->owner > b->owner) - (a->owner < b->owner);
}

void annotations_row_put(struct wr *to, const struct annotation_list *list)
{
	wr_u8(to, ROW_VERSION);
	wr_u8(to, (uint8_t)list->count);
	for (size_t i = 0; i < list->count; i++) {
		wr_u64(to, list->rows[i].owner);
		wr_str(to, list->rows[i].entry);
		wr_str(to, list->rows[i].value);
	}
}

struct annotation annotation_get(struct rd *r)
{
	struct annotation row;

	row.owner = rd_u64(r);
	row.entry = rd_str(r);
	row.value = rd_str(r);
	return row;
}

enum err annotations_row_get(
	struct str value, void (*each)(void *arg, const struct annotation *row), void *arg)
{
	struct rd r = open_row(value), again;
	struct annotation row, last = { 0 };
	unsigned count = rd_u8(&r);

	if (count == 0 || count > ANNOTATIONS_MAX)
		rd_fail(&r);
	again = r;
	for (unsigned i = 0; i < count && !r.failed; i++) {
		row = annotation_get(&r);
		if (row.entry.len == 0 || row.entry.len > ANNOTATION_ENTRY_OCTETS_MAX ||
			row.value.len > ANNOTATION_VALUE_OCTETS_MAX ||
			(i > 0 && annotation_order(&last, &row) >= 0))
			rd_fail(&r);
		last = row;
	}
	if (rd_end(&r) != ERR_OK)
		return ERR_CORRUPT;
	for (unsigned i = 0; each && i < count; i++) {
		row = annotation_get(&again);
		each(arg, &row);
	}
	return ERR_OK;
}

/* ---- the change log ---- */

void change_row_begin(struct change_writer *w, struct buf *to, uint32_t when)
{
	*w = (struct change_writer){ .to = wr_to(to) };
	wr_u8(&w->to, ROW_VERSION_RUNS);
	wr_u32(&w->to, when);
}

/* Messages that came one after the other mostly change one after the other. */
static bool goes_on(const struct mailbox_change *run, uint64_t count, const struct mailbox_change *c)
{
	return run->uid > 0 && c->kind == run->kind && c->folder == run->folder && c->uid == run->uid + count &&
	       c->email == run->email + count;
}

static void put_run(struct change_writer *w)
{
	if (w->count == 0)
		return;
	wr_u8(&w->to, (uint8_t)w->run.kind);
	wr_number(&w->to, w->run.folder);
	wr_number(&w->to, w->run.uid);
	wr_number(&w->to, w->run.email);
	wr_number(&w->to, w->count);
}

void change_row_add(struct change_writer *w, const struct mailbox_change *change)
{
	must(w->added < ROW_CHANGES_MAX);
	w->added++;
	if (w->count > 0 && goes_on(&w->run, w->count, change)) {
		w->count++;
		return;
	}
	put_run(w);
	w->run = *change;
	w->count = 1;
}

void change_row_end(struct change_writer *w)
{
	put_run(w);
	w->count = 0;
}

static bool read_run(struct change_reader *r)
{
	uint64_t folder, uid, left;

	r->next.kind = (enum mailbox_change_kind)rd_u8(&r->rest);
	folder = rd_number(&r->rest);
	uid = rd_number(&r->rest);
	r->next.email = rd_number(&r->rest);
	left = rd_number(&r->rest);
	if (r->rest.failed || r->next.kind == 0 || r->next.kind >= CHANGE_KIND_COUNT || folder > UINT32_MAX)
		return false;
	if (left == 0 || left > ROW_CHANGES_MAX || (uid == 0 && left > 1) || uid > UINT32_MAX - (left - 1))
		return false;
	r->next.folder = (uint32_t)folder;
	r->next.uid = (uint32_t)uid;
	r->left = (uint32_t)left;
	return true;
}

/* Runs are as long as they can be, so that there is one way to write a row. */
static bool runs_sound(struct change_reader r)
{
	struct mailbox_change before = { 0 };
	uint32_t count = 0;
	size_t sum = 0;

	while (r.rest.rest.len > 0) {
		if (!read_run(&r) || (count > 0 && goes_on(&before, count, &r.next)))
			return false;
		before = r.next;
		count = r.left;
		sum += count;
		if (sum > ROW_CHANGES_MAX)
			return false;
	}
	return true;
}

static bool entries_sound(struct str octets)
{
	for (size_t at = 0; at < octets.len; at += CHANGE_OCTETS_1) {
		unsigned kind = (unsigned char)octets.at[at];

		if (kind == 0 || kind >= CHANGE_KIND_COUNT)
			return false;
	}
	return octets.len % CHANGE_OCTETS_1 == 0;
}

enum err change_row_open(struct str value, struct change_reader *ret)
{
	struct rd r = rd_from(value);
	uint8_t version = rd_u8(&r);
	struct change_reader reader = { .runs = version == ROW_VERSION_RUNS, .when = rd_u32(&r) };

	reader.rest = r;
	if (r.failed || (version != ROW_VERSION && version != ROW_VERSION_RUNS))
		return ERR_CORRUPT;
	if (reader.runs ? !runs_sound(reader) : !entries_sound(r.rest))
		return ERR_CORRUPT;
	*ret = reader;
	return ERR_OK;
}

/* Of a row of version 1. */
static void next_entry(struct change_reader *r)
{
	r->next.kind = (enum mailbox_change_kind)rd_u8(&r->rest);
	r->next.folder = rd_u32(&r->rest);
	r->next.uid = rd_u32(&r->rest);
	r->next.email = rd_u64(&r->rest);
	r->left = 1;
}

bool change_row_next(struct change_reader *r, struct mailbox_change *ret)
{
	if (r->left == 0 && r->rest.rest.len == 0)
		return false;
	if (r->left == 0 && !r->runs)
		next_entry(r);
	else if (r->left == 0 && !read_run(r))
		return false;
	ret->kind = r->next.kind;
	ret->folder = r->next.folder;
	ret->uid = r->next.uid++;
	ret->email = r->next.email++;
	r->left--;
	return true;
}
