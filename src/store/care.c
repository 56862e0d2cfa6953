#include "store/store.h"

#include "base/mem.h"
#include "store/keys.h"
#include "store/message.h"

/* Verification: everything is counted anew from the rows and compared with what the rows say of
 * themselves. */

struct seen_email {
	uint64_t id;
	struct email_row row;
	uint64_t refs; /* found */
	uint32_t folder, uid; /* one of the items that point to it, so that a person can be told; 0: none is in a folder */
	bool known, record, kept;
};

struct seen_blob {
	kv_blob id;
	uint64_t refs;
};

struct verify {
	struct store *s;
	const struct store_verify_options *options;
	struct map blobs; /* struct seen_blob */
	struct arena arena;
	bool bad;
	/* of the mailbox at hand */
	uint64_t mailbox;
	struct map emails;  /* struct seen_email */
	struct map folders; /* struct counts */
	struct arena box;
	uint64_t retained_messages, retained_octets, modseq_max, email_max, retained_max;
};

static void problem(struct verify *v, uint32_t folder, uint32_t uid, const char *what)
{
	v->bad = true;
	v->options->each(v->options->arg, &(struct store_problem){ v->mailbox, folder, uid, what });
}

static struct seen_email *seen(struct verify *v, uint64_t id)
{
	struct seen_email *e = map_get(&v->emails, id);

	if (!e) {
		e = ARENA_NEW(&v->box, struct seen_email);
		e->id = id;
		map_put(&v->emails, id, e);
	}
	if (id > v->email_max)
		v->email_max = id;
	return e;
}

static void see_blob(struct verify *v, kv_blob id)
{
	struct seen_blob *b = map_get(&v->blobs, id);

	if (!b) {
		b = ARENA_NEW(&v->arena, struct seen_blob);
		b->id = id;
		map_put(&v->blobs, id, b);
	}
	b->refs++;
}

static void see_item(struct verify *v, struct str key, struct str value)
{
	struct item it;
	struct counts c, *sum;
	struct seen_email *e;
	uint32_t folder;

	if (key_item_get(key, &folder, &it.uid) != ERR_OK || item_get(value, &it) != ERR_OK) {
		problem(v, 0, 0, "an item cannot be decoded");
		return;
	}
	c = (struct counts){ it.octets, 1, (it.flags & ITEM_SEEN) == 0,
		(it.flags & ITEM_DELETED) != 0 };
	sum = map_get(&v->folders, folder);
	if (!sum) {
		sum = ARENA_NEW(&v->box, struct counts);
		map_put(&v->folders, folder, sum);
	}
	sum->octets += c.octets;
	sum->messages += c.messages;
	sum->unseen += c.unseen;
	sum->deleted += c.deleted;
	if (it.modseq > v->modseq_max)
		v->modseq_max = it.modseq;
	e = seen(v, it.email);
	e->refs++;
	e->folder = folder;
	e->uid = it.uid;
}

static void see_retained(struct verify *v, struct str key, struct str value)
{
	struct retained_row row;
	uint64_t id;

	if (key_number_get(key, &id) != ERR_OK || retained_row_get(value, &row) != ERR_OK) {
		problem(v, 0, 0, "a recoverable message cannot be decoded");
		return;
	}
	if (id > v->retained_max)
		v->retained_max = id;
	v->retained_messages++;
	v->retained_octets += row.octets;
	seen(v, row.email)->refs++;
}

static void see_email(struct verify *v, struct str key, struct str value)
{
	struct email_row row;
	struct seen_email *e;
	uint64_t id;

	if (key_number_get(key, &id) != ERR_OK || email_row_get(value, &row) != ERR_OK) {
		problem(v, 0, 0, "a message's row cannot be decoded");
		return;
	}
	e = seen(v, id);
	e->row = row;
	e->known = true;
	see_blob(v, row.blob);
	if (row.record_blob)
		see_blob(v, row.record_blob);
}

static void see_change(struct verify *v, struct str key, struct str value)
{
	struct change_reader r;
	uint64_t modseq;

	if (key_number_get(key, &modseq) != ERR_OK || change_row_open(value, &r) != ERR_OK) {
		problem(v, 0, 0, "a row of the change log cannot be decoded");
		return;
	}
	if (modseq > v->modseq_max)
		v->modseq_max = modseq;
}

static bool see_row(void *arg, struct str key, struct str value)
{
	struct verify *v = arg;
	uint64_t id;

	switch (key.len > 0 ? key.at[0] : 0) {
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
	case KEYS_CHANGE:
		see_change(v, key, value);
		break;
	case KEYS_KEYWORDS:
		if (keywords_row_get(value, NULL, NULL) != ERR_OK)
			problem(v, 0, 0, "a table of keywords cannot be decoded");
		break;
	case KEYS_FOLDER:
	case KEYS_MAILBOX:
		break; /* looked at by opening the mailbox */
	default:
		problem(v, 0, 0, "a row of an unknown kind");
	}
	return true;
}

static void check_emails(struct verify *v, struct mailbox *m)
{
	MAP_EACH (struct seen_email, e, &v->emails) {
		if (!e->known)
			problem(v, e->folder, e->uid,
				e->refs ? "an item points to a message that is not there"
					: "a record without a message");
		else if (e->refs == 0)
			problem(v, e->folder, e->uid, "a message that no item points to");
		else if (e->refs != e->row.refs)
			problem(v, e->folder, e->uid, "a message's count of items is wrong");
		if (!e->known)
			continue;
		if (e->record != (e->row.record_blob == 0))
			problem(v, e->folder, e->uid, "a message's record is missing or there twice");
		else if (e->kept != e->row.kept)
			problem(v, e->folder, e->uid, "a message's kept header is missing or there without one");
		else if (message_sound(m, e->id, &e->row, v->options->blobs) != ERR_OK)
			problem(v, e->folder, e->uid, "a message's octets or record are damaged");
	}
}

static void check_counts(struct verify *v, struct mailbox *m)
{
	static const struct counts none;

	for (size_t i = 0; i < m->folders_count; i++) {
		const struct folder *f = m->folders[i];
		const struct counts *c = map_remove(&v->folders, f->id);

		if (!c)
			c = &none;
		if (c->octets != f->now.octets || c->messages != f->now.messages ||
			c->unseen != f->now.unseen || c->deleted != f->now.deleted)
			problem(v, f->id, 0, "a folder's counters differ from a recount");
	}
	if (v->folders.count > 0)
		problem(v, 0, 0, "items of a folder that is not there");
	if (v->retained_messages != m->retained_messages ||
		v->retained_octets != m->retained_octets)
		problem(v, 0, 0, "the counters of recoverable messages differ from a recount");
	if (v->modseq_max > m->row.modseq || v->email_max >= m->row.email_next ||
		v->retained_max >= m->row.retained_next)
		problem(v, 0, 0, "a number in use is above the next to be given");
}

static bool see_removed(void *arg, struct str key, struct str value)
{
	struct email_row row;

	if (email_row_get(value, &row) != ERR_OK)
		return true;
	see_blob(arg, row.blob);
	if (row.record_blob)
		see_blob(arg, row.record_blob);
	return true;
}

/* Half removed: what is left of it still holds its blobs. */
static enum err check_removed(struct verify *v, uint64_t id)
{
	struct key from = key_kind(KEYS_EMAIL), to = key_kind_end(KEYS_EMAIL);

	return kv_scan(v->s->kv, id, key_str(&from), key_str(&to), 0, see_removed, v);
}

static enum err check_box(struct verify *v, uint64_t id)
{
	struct mailbox *m = NULL;
	enum err e;

	v->mailbox = id;
	v->retained_messages = v->retained_octets = v->modseq_max = v->email_max = v->retained_max =
		0;
	e = box_open(v->s, id, &m);
	if (e == ERR_NOBOX)
		return check_removed(v, id);
	if (e != ERR_OK)
		problem(v, 0, 0, "the mailbox cannot be opened");
	map_init(&v->emails);
	map_init(&v->folders);
	arena_init(&v->box, ARENA_NONE);
	if (e == ERR_OK)
		e = kv_scan(v->s->kv, id, STR_NONE, STR_NONE, 0, see_row, v);
	if (e == ERR_OK) {
		check_emails(v, m);
		check_counts(v, m);
	} else if (m != NULL) {
		problem(v, 0, 0, "not every row of the mailbox can be read");
	}
	map_done(&v->emails);
	map_done(&v->folders);
	arena_done(&v->box);
	mailbox_unref(m);
	return e == ERR_CORRUPT ? ERR_OK : e;
}

static void check_blobs(struct verify *v)
{
	v->mailbox = 0;
	MAP_EACH (struct seen_blob, b, &v->blobs) {
		struct kv_blob_row row;
		uint64_t refs = b->refs;

		if (v->options->others)
			refs += v->options->others(v->options->arg, b->id);
		if (kv_blob_stat(v->s->kv, b->id, &row) != ERR_OK)
			problem(v, 0, 0, "a message's octets are not in the engine");
		else if (row.count < refs || (v->options->others && row.count != refs))
			problem(v, 0, 0, "a blob's count differs from a recount");
	}
}

/* Blobs that no row of ours points at, and nobody else holds. */
static void check_orphans(struct verify *v)
{
	struct kv_blob_row rows[256];
	kv_blob from = 1;
	size_t n = 256;

	v->mailbox = 0;
	while (n == 256) {
		n = kv_blobs(v->s->kv, from, rows, 256);
		for (size_t i = 0; i < n; i++) {
			if (map_get(&v->blobs, rows[i].id) ||
				(v->options->others && v->options->others(v->options->arg, rows[i].id) > 0))
				continue;
			problem(v, 0, 0, "octets are kept of a message that no mailbox has");
		}
		if (n > 0)
			from = rows[n - 1].id + 1;
	}
}

enum err store_verify(struct store *s, const struct store_verify_options *options)
{
	struct verify v = { .s = s, .options = options };
	uint64_t ids[64], from = 1;
	size_t n = 64;
	enum err e = ERR_OK;

	must(store_idle(s));
	map_init(&v.blobs);
	arena_init(&v.arena, ARENA_NONE);
	while (e == ERR_OK && n == 64 && from <= STORE_MAILBOX_MAX) {
		n = kv_shards(s->kv, from, ids, 64);
		for (size_t i = 0; e == ERR_OK && i < n && ids[i] <= STORE_MAILBOX_MAX; i++)
			e = check_box(&v, ids[i]);
		if (n > 0)
			from = ids[n - 1] + 1;
	}
	if (e == ERR_OK) {
		check_blobs(&v);
		check_orphans(&v);
	}
	map_done(&v.blobs);
	arena_done(&v.arena);
	return e != ERR_OK ? e : v.bad ? ERR_CORRUPT : ERR_OK;
}
