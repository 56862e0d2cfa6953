#include "store/care_seen.h"

#include "store/article.h"
#include "store/care_row.h"
#include "store/keys.h"
#include "store/note_row.h"

static struct seen_email *seen(struct store_check *v, uint64_t id)
{
	struct seen_email *e = map_get(&v->emails, id);

	if (!e) {
		e = ARENA_NEW(&v->box, struct seen_email);
		e->id = id;
		map_put(&v->emails, id, e);
		if (v->last_email)
			v->last_email->next = e;
		else
			v->first_email = e;
		v->last_email = e;
	}
	if (id > v->email_max)
		v->email_max = id;
	return e;
}

static struct seen_folder *seen_folder(struct store_check *v, uint32_t id)
{
	struct seen_folder *f = map_get(&v->folders, id);

	if (!f) {
		f = ARENA_NEW(&v->box, struct seen_folder);
		f->id = id;
		f->next = v->first_folder;
		v->first_folder = f;
		map_put(&v->folders, id, f);
	}
	return f;
}

static void see_blob(struct store_check *v, kv_blob id)
{
	struct seen_blob *b = map_get(&v->blobs, id);

	if (!b) {
		b = ARENA_NEW(&v->arena, struct seen_blob);
		b->id = id;
		map_put(&v->blobs, id, b);
	}
	b->refs++;
}

/* They stand before the items that they are of, and are kept until those come. */
static void see_flags(struct store_check *v, struct str key, struct str value)
{
	struct flags_reader r;
	struct flags_run run;
	struct seen_flags *row;
	uint32_t folder, block;

	if (key_flags_get(key, &folder, &block) != ERR_OK || flags_row_open(value, block, &r) != ERR_OK) {
		care_problem(v, 0, 0, "a row of flags cannot be decoded");
		return;
	}
	while (flags_row_next(&r, &run)) {
		if (run.modseq > v->modseq_max)
			v->modseq_max = run.modseq;
	}
	row = ARENA_NEW(&v->box, struct seen_flags);
	*row = (struct seen_flags){ .folder = folder, .block = block, .value = arena_str(&v->box, value) };
	if (v->last_flags)
		v->last_flags->next = row;
	else
		v->flags = row;
	v->last_flags = row;
	seen_folder(v, folder)->flags = true;
}

/* Items come in the order in which their flags came. */
static void apply_flags(struct store_check *v, uint32_t folder, struct item *it)
{
	uint32_t block = flags_block(it->uid);
	struct seen_flags *f = v->flags;

	while (f && (f->folder < folder || (f->folder == folder && f->block < block)))
		f = f->next;
	if (f != v->flags)
		v->run_open = false;
	v->flags = f;
	if (!f || f->folder != folder || f->block != block)
		return;
	if (!v->run_open && flags_row_open(f->value, block, &v->runs) != ERR_OK)
		return;
	if (!v->run_open)
		v->run = (struct flags_run){ 0 };
	v->run_open = true;
	while (it->uid > v->run.last && flags_row_next(&v->runs, &v->run))
		continue;
	(void)!flags_run_apply(&v->run, it);
}

/* As apply_flags; of how many octets its row is. folder UINT32_MAX: no item comes any more. */
size_t care_seen_notes(struct store_check *v, uint32_t folder, uint32_t uid)
{
	const struct seen_notes *n;

	while ((n = v->notes) != NULL && (n->folder < folder || (n->folder == folder && n->uid <= uid))) {
		v->notes = n->next;
		if (n->folder == folder && n->uid == uid)
			return n->octets;
		care_problem(v, n->folder, n->uid, "annotations of a message that is not there");
	}
	return 0;
}

/* No two places give one number, and no few of them the sum of others but by malice, which has easier ways. */
static uint64_t place_number(uint32_t folder, uint32_t uid)
{
	uint64_t n = ((uint64_t)folder << 32 | uid) * 0x9e3779b97f4a7c15u;

	return (n ^ n >> 29) * 0xbf58476d1ce4e5b9u;
}

static uint64_t hash_number(const char *hash)
{
	uint64_t n;

	memcpy(&n, hash, sizeof(n));
	return n;
}

static void see_article(struct store_check *v, struct str key, struct str value)
{
	struct key_article place;
	struct seen_article *a;
	uint64_t email, hash;

	if (key_article_get(key, &place) != ERR_OK || article_row_get(value, &email) != ERR_OK) {
		care_problem(v, 0, 0, "an article's place cannot be decoded");
		return;
	}
	a = &seen(v, email)->article;
	hash = hash_number(place.hash);
	a->differs |= a->rows != 0 && a->row_hash != hash;
	a->row_hash = hash;
	a->rows += place_number(place.folder, place.uid);
}

static void see_article_id(struct store_check *v, struct str key, struct str value)
{
	struct seen_article *a;
	uint64_t email;

	if (key_number_get(key, &email) != ERR_OK || value.len != ARTICLE_HASH_OCTETS) {
		care_problem(v, 0, 0, "the hash of a Message-ID cannot be decoded");
		return;
	}
	a = &seen(v, email)->article;
	a->known = true;
	a->hash = hash_number(value.at);
}

static void see_item(struct store_check *v, struct str key, struct str value)
{
	struct item it;
	struct seen_folder *f;
	struct counts *sum;
	struct seen_email *e;
	uint32_t folder;

	if (key_item_get(key, &folder, &it.uid) != ERR_OK || item_get(value, &it) != ERR_OK) {
		care_problem(v, 0, 0, "an item cannot be decoded");
		return;
	}
	apply_flags(v, folder, &it);
	f = seen_folder(v, folder);
	f->items = true;
	sum = &f->found;
	sum->octets += it.octets;
	sum->notes += care_seen_notes(v, folder, it.uid);
	sum->messages++;
	sum->unseen += (it.flags & ITEM_SEEN) == 0;
	sum->deleted += (it.flags & ITEM_DELETED) != 0;
	if (it.modseq > v->modseq_max)
		v->modseq_max = it.modseq;
	e = seen(v, it.email);
	e->refs++;
	e->article.items += place_number(folder, it.uid);
	e->folder = folder;
	e->uid = it.uid;
}

static void see_retained(struct store_check *v, struct str key, struct str value)
{
	struct retained_row row;
	uint64_t id;

	if (key_number_get(key, &id) != ERR_OK || retained_row_get(value, &row) != ERR_OK) {
		care_problem(v, 0, 0, "a recoverable message cannot be decoded");
		return;
	}
	if (id > v->retained_max)
		v->retained_max = id;
	v->retained_messages++;
	v->retained_octets += row.octets;
	seen(v, row.email)->refs++;
}

static void see_email(struct store_check *v, struct str key, struct str value)
{
	struct email_row row;
	struct seen_email *e;
	uint64_t id;

	if (key_number_get(key, &id) != ERR_OK || email_row_get(value, &row) != ERR_OK) {
		care_problem(v, 0, 0, "a message's row cannot be decoded");
		return;
	}
	e = seen(v, id);
	e->row = row;
	e->known = true;
	see_blob(v, row.blob);
	if (row.record_blob)
		see_blob(v, row.record_blob);
}

static void see_change(struct store_check *v, struct str key, struct str value)
{
	struct change_reader r;
	uint64_t modseq;

	if (key_number_get(key, &modseq) != ERR_OK || change_row_open(value, &r) != ERR_OK) {
		care_problem(v, 0, 0, "a row of the change log cannot be decoded");
		return;
	}
	if (modseq > v->modseq_max)
		v->modseq_max = modseq;
}

static void see_folder(struct store_check *v, struct str key, struct str value)
{
	struct folder_row row;
	struct seen_folder *f;
	uint32_t id;

	if (key_folder_get(key, &id) != ERR_OK || folder_row_get(value, &row) != ERR_OK) {
		care_problem(v, 0, 0, "a folder's row cannot be decoded");
		return;
	}
	f = seen_folder(v, id);
	f->known = true;
	f->said = (struct counts){ row.octets, row.notes, row.messages, row.unseen, row.deleted };
	v->has_inbox |= str_eq(row.name, S("INBOX")) && !row.noselect && !row.nonexistent;
}

static void see_other(struct store_check *v, unsigned n, struct str key, struct str value)
{
	uint32_t folder = 0;

	if (care_rows[n].get(key, value, &folder) != ERR_OK)
		care_problem(v, folder, 0, care_rows[n].damaged);
	else if (folder != 0)
		seen_folder(v, folder)->others |= 1u << n;
}

/* They stand before the items that they are of, as flags do. */
static void see_notes(struct store_check *v, struct str key, struct str value)
{
	struct annotation_list list;
	struct seen_notes *row;
	struct arena a;
	uint32_t folder = 0, uid = 0;

	arena_init(&a, ARENA_NONE);
	if (key_item_get(key, &folder, &uid) != ERR_OK || note_row_get(value, &a, &list) != ERR_OK)
		care_problem(v, folder, uid, "annotations of a message cannot be decoded");
	arena_done(&a);
	if (uid == 0)
		return;
	row = ARENA_NEW(&v->box, struct seen_notes);
	*row = (struct seen_notes){ .folder = folder, .uid = uid, .octets = value.len };
	if (v->last_notes)
		v->last_notes->next = row;
	else
		v->notes = row;
	v->last_notes = row;
}

static void see_mailbox(struct store_check *v, struct str value)
{
	v->has_row = mailbox_row_get(value, &v->row) == ERR_OK;
	if (!v->has_row)
		care_problem(v, 0, 0, "the mailbox's row cannot be decoded");
}

void care_see(struct store_check *v, struct str key, struct str value)
{
	unsigned n = 0;
	uint64_t id;

	switch (key.len > 0 ? key.at[0] : 0) {
	case KEYS_FLAGS:
		see_flags(v, key, value);
		break;
	case KEYS_ITEM:
		see_item(v, key, value);
		break;
	case KEYS_RETAINED:
		see_retained(v, key, value);
		break;
	case KEYS_EMAIL:
		see_email(v, key, value);
		break;
	case KEYS_RECORD:
		if (key_number_get(key, &id) == ERR_OK)
			seen(v, id)->record = true;
		break;
	case KEYS_HEADER:
		if (key_number_get(key, &id) == ERR_OK)
			seen(v, id)->kept = true;
		break;
	case KEYS_ARTICLE:
		see_article(v, key, value);
		break;
	case KEYS_ARTICLE_ID:
		see_article_id(v, key, value);
		break;
	case KEYS_CHANGE:
		see_change(v, key, value);
		break;
	case KEYS_NOTES:
		see_notes(v, key, value);
		break;
	case KEYS_FOLDER:
		see_folder(v, key, value);
		break;
	case KEYS_MAILBOX:
		see_mailbox(v, value);
		break;
	default:
		while (n < CARE_ROWS && (key.len == 0 || care_rows[n].kind != key.at[0]))
			n++;
		if (n < CARE_ROWS)
			see_other(v, n, key, value);
		else
			care_problem(v, 0, 0, "a row of an unknown kind");
	}
}

void care_seen_begin(struct store_check *v, uint64_t mailbox)
{
	v->mailbox = mailbox;
	v->open = true;
	v->from.len = 0;
	v->retained_messages = v->retained_octets = v->modseq_max = v->email_max = v->retained_max = 0;
	v->has_row = v->has_inbox = false;
	v->first_email = v->last_email = v->next_email = NULL;
	v->first_folder = NULL;
	v->flags = v->last_flags = NULL;
	v->notes = v->last_notes = NULL;
	v->run_open = false;
	map_init(&v->emails);
	map_init(&v->folders);
	arena_init(&v->box, ARENA_NONE);
}

void care_seen_end(struct store_check *v)
{
	if (!v->open)
		return;
	map_done(&v->emails);
	map_done(&v->folders);
	arena_done(&v->box);
	v->open = false;
	v->mailbox++;
}
