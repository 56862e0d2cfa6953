#include "store/care.h"

#include "base/mem.h"
#include "store/care_message.h"
#include "store/care_row.h"
#include "store/care_seen.h"
#include "store/keys.h"

/*
 * Verification: everything is counted anew from the rows and compared with what the rows say of
 * themselves. The rows are those of the engine's snapshot, whatever changes meanwhile; octets and
 * records are read as they are, and one that cannot be is a fault only if its message is still there
 * afterwards.
 */

#define STEP_ROWS     512
#define STEP_MESSAGES 32

void care_problem(struct store_check *v, uint32_t folder, uint32_t uid, const char *what)
{
	v->bad = true;
	v->options.each(v->options.arg, &(struct store_problem){ v->mailbox, folder, uid, what });
}

static void go_on_after(struct care_place *place, struct str key)
{
	memcpy(place->octets, key.at, key.len);
	place->octets[key.len] = '\0';
	place->len = key.len + 1;
}

static bool see_row(void *arg, struct str key, struct str value)
{
	struct store_check *v = arg;

	care_see(v, key, value);
	go_on_after(&v->from, key);
	v->rows++;
	return true;
}

/* What no item points to has places no more than one without a hash. */
static bool article_is_sound(const struct seen_article *a)
{
	if (!a->known)
		return a->rows == 0;
	return a->rows == a->items && !a->differs && (a->rows == 0 || a->hash == a->row_hash);
}

static void check_email(struct store_check *v, const struct seen_email *e)
{
	if (!e->known)
		care_problem(v, e->folder, e->uid,
			e->refs ? "an item points to a message that is not there" : "a record without a message");
	else if (e->refs == 0)
		care_problem(v, e->folder, e->uid, "a message that no item points to");
	else if (e->refs != e->row.refs)
		care_problem(v, e->folder, e->uid, "a message's count of items is wrong");
	if (!article_is_sound(&e->article) || (e->article.known && !e->known))
		care_problem(v, e->folder, e->uid, "the index of Message-IDs is wrong about a message");
	if (!e->known)
		return;
	if (e->record != (e->row.record_blob == 0))
		care_problem(v, e->folder, e->uid, "a message's record is missing or there twice");
	else if (e->kept != e->row.kept)
		care_problem(v, e->folder, e->uid, "a message's kept header is missing or there without one");
}

static void check_counts(struct store_check *v)
{
	bool lost = false, above = false;

	(void)care_seen_notes(v, UINT32_MAX, UINT32_MAX);
	for (const struct seen_folder *f = v->first_folder; f; f = f->next) {
		const struct counts *a = &f->found, *b = &f->said;

		lost |= !f->known && f->items;
		for (unsigned n = 0; n < CARE_ROWS && !f->known; n++) {
			if (f->others & 1u << n)
				care_problem(v, f->id, 0, care_rows[n].lost);
		}
		if (!f->known && f->flags)
			care_problem(v, f->id, 0, "flags of a folder that is not there");
		above |= f->known && f->id >= v->row.folder_next;
		if (f->known && (a->octets != b->octets || a->notes != b->notes || a->messages != b->messages || a->unseen != b->unseen || a->deleted != b->deleted))
			care_problem(v, f->id, 0, "a folder's counters differ from a recount");
	}
	if (lost)
		care_problem(v, 0, 0, "items of a folder that is not there");
	if (v->retained_messages != v->row.retained_messages || v->retained_octets != v->row.retained_octets)
		care_problem(v, 0, 0, "the counters of recoverable messages differ from a recount");
	if (above || v->modseq_max > v->row.modseq || v->email_max >= v->row.email_next || v->retained_max >= v->row.retained_next)
		care_problem(v, 0, 0, "a number in use is above the next to be given");
	if (!v->has_inbox)
		care_problem(v, 0, 0, "the mailbox cannot be opened: it has no INBOX");
}

static void rows_over(struct store_check *v, enum err e)
{
	if (e != ERR_OK)
		care_problem(v, 0, 0, "not every row of the mailbox can be read");
	else if (!v->has_row)
		care_problem(v, 0, 0, "the mailbox cannot be opened: its row is missing or damaged");
	/* One half removed only holds its blobs. */
	if (e != ERR_OK || !v->has_row || v->row.removing) {
		care_seen_end(v);
		return;
	}
	check_counts(v);
	v->next_email = v->first_email;
	v->phase = CARE_PHASE_EMAILS;
}

static enum err rows_step(struct store_check *v)
{
	struct kv_check_range range;
	uint64_t id;
	enum err e;

	if (!v->open) {
		if (v->mailbox > STORE_MAILBOX_MAX || kv_check_shards(v->snapshot, v->mailbox, &id, 1) == 0 || id > STORE_MAILBOX_MAX) {
			v->phase = CARE_PHASE_BLOBS;
			v->mailbox = 0;
			return ERR_NEEDMORE;
		}
		v->mailboxes_total++;
		care_seen_begin(v, id);
	}
	v->rows = 0;
	range = (struct kv_check_range){ v->mailbox, str_make(v->from.octets, v->from.len), STEP_ROWS };
	e = kv_check_scan(v->snapshot, &range, see_row, v);
	if (e != ERR_OK && e != ERR_CORRUPT)
		return e;
	if (e != ERR_OK || v->rows < STEP_ROWS)
		rows_over(v, e);
	return ERR_NEEDMORE;
}

static enum err emails_step(struct store_check *v)
{
	for (size_t n = 0; n < STEP_ROWS && v->next_email; n++) {
		check_email(v, v->next_email);
		v->next_email = v->next_email->next;
	}
	if (!v->next_email) {
		care_seen_end(v);
		v->phase = CARE_PHASE_ROWS;
	}
	return ERR_NEEDMORE;
}

/* ---- blobs against the rows that point at them ---- */

static void check_blob(struct store_check *v, const struct kv_blob_row *row)
{
	const struct seen_blob *b = map_get(&v->blobs, row->id);
	uint64_t others = v->options.others ? v->options.others(v->options.arg, row->id) : 0;
	uint64_t refs = others + (b ? b->refs : 0);

	v->blobs_known += b != NULL;
	if (!b && others == 0)
		care_problem(v, 0, 0, "octets are kept of a message that no mailbox has");
	else if (row->count < refs || (v->options.others && row->count != refs))
		care_problem(v, 0, 0, "a blob's count differs from a recount");
}

static enum err blobs_step(struct store_check *v)
{
	struct kv_blob_row rows[STEP_ROWS];
	size_t n = kv_check_blobs(v->snapshot, v->next_blob, rows, STEP_ROWS);

	for (size_t i = 0; i < n; i++)
		check_blob(v, &rows[i]);
	if (n > 0)
		v->next_blob = rows[n - 1].id + 1;
	if (n == STEP_ROWS)
		return ERR_NEEDMORE;
	for (size_t i = v->blobs_known; i < v->blobs.count; i++)
		care_problem(v, 0, 0, "a message's octets are not in the engine");
	v->phase = CARE_PHASE_OVER;
	return ERR_OK;
}

enum err store_check_new(struct store *s, struct kv_check *snapshot, const struct store_verify_options *options, struct store_check **ret)
{
	struct kv_stats stats;
	struct store_check *v;

	kv_stats(s->kv, &stats);
	/* A write set that did not fit may have another behind it, whose figures are being put right. */
	if (s->repairs > 0 || (stats.disk_full && !store_idle(s)))
		return ERR_BUSY;
	v = MEM_NEW(struct store_check);
	v->s = s;
	v->snapshot = snapshot;
	v->options = *options;
	v->mailbox = 1;
	v->next_blob = 1;
	map_init(&v->blobs);
	map_init(&v->unreadable);
	arena_init(&v->arena, ARENA_NONE);
	*ret = v;
	return ERR_OK;
}

/* ---- messages, octets and records as they are now ---- */

void store_check_unreadable(struct store_check *v, kv_blob blob)
{
	care_message_unreadable(v, blob);
}

struct batch {
	struct store_check *v;
	size_t count;
	struct batch_row {
		uint64_t id;
		struct email_row row;
	} rows[STEP_MESSAGES];
};

static bool batch_row(void *arg, struct str key, struct str value)
{
	struct batch *b = arg;
	struct batch_row *row = &b->rows[b->count];

	go_on_after(&b->v->from, key);
	b->v->rows++;
	b->count += key_number_get(key, &row->id) == ERR_OK && email_row_get(value, &row->row) == ERR_OK;
	return true;
}

static enum err messages_over(struct store_check *v)
{
	v->mailbox = 0;
	care_message_over(v);
	return v->bad ? ERR_CORRUPT : ERR_OK;
}

enum err store_check_messages(struct store_check *v)
{
	struct key from = key_kind(KEYS_EMAIL), to = key_kind_end(KEYS_EMAIL);
	struct batch b = { .v = v };

	if (!v->options.records && v->unreadable.count == 0)
		return v->bad ? ERR_CORRUPT : ERR_OK;
	if (!v->listing) {
		uint64_t id;

		if (v->mailbox == 0 || v->phase != CARE_PHASE_OVER)
			v->mailbox = 1;
		v->phase = CARE_PHASE_OVER;
		if (kv_shards(v->s->kv, v->mailbox, &id, 1) == 0 || id > STORE_MAILBOX_MAX)
			return messages_over(v);
		v->mailbox = id;
		v->listing = true;
		go_on_after(&v->from, key_str(&from));
		v->from.len--;
	}
	v->rows = 0;
	if (kv_scan(v->s->kv, v->mailbox, str_make(v->from.octets, v->from.len), key_str(&to), STEP_MESSAGES, batch_row, &b) == ERR_CORRUPT)
		care_problem(v, 0, 0, "not every row of the mailbox can be read");
	for (size_t i = 0; i < b.count; i++)
		care_message_check(v, b.rows[i].id, &b.rows[i].row);
	if (v->rows == STEP_MESSAGES)
		return ERR_NEEDMORE;
	v->listing = false;
	v->mailboxes_done++;
	v->mailbox++;
	return ERR_NEEDMORE;
}

/* ---- all of it ---- */

enum err store_check_rows(struct store_check *v)
{
	static enum err (*const steps[])(struct store_check *v) = { rows_step, emails_step, blobs_step };

	if (kv_check_stale(v->snapshot))
		return ERR_BUSY;
	return v->phase == CARE_PHASE_OVER ? ERR_OK : steps[v->phase](v);
}

void store_check_progress(const struct store_check *v, uint64_t *ret_done, uint64_t *ret_total)
{
	*ret_done = v->mailboxes_done;
	*ret_total = v->mailboxes_total > v->mailboxes_done ? v->mailboxes_total : v->mailboxes_done;
}

void store_check_free(struct store_check *v)
{
	if (v == NULL)
		return;
	care_seen_end(v);
	map_done(&v->blobs);
	map_done(&v->unreadable);
	arena_done(&v->arena);
	mem_free(v);
}

struct whole {
	struct store_check *check;
};

static void on_unreadable(void *arg, kv_blob blob)
{
	store_check_unreadable(((struct whole *)arg)->check, blob);
}

static enum err run(struct store_check *v, struct kv_check *engine)
{
	enum err e;

	while ((e = store_check_rows(v)) == ERR_NEEDMORE)
		;
	if (e != ERR_OK)
		return e;
	while ((e = kv_check_step(engine)) == ERR_NEEDMORE)
		;
	if (e != ERR_OK && e != ERR_CORRUPT)
		return e;
	while ((e = store_check_messages(v)) == ERR_NEEDMORE)
		;
	return e;
}

enum err store_verify(struct store *s, const struct store_verify_options *options)
{
	struct whole w = { 0 };
	struct kv_check_options engine = { .what = options->blobs ? KV_CHECK_SNAPSHOT | KV_CHECK_BLOBS : KV_CHECK_SNAPSHOT,
		.blob = on_unreadable, .arg = &w };
	struct store_verify_options own = *options;
	struct kv_check *c;
	enum err e;

	must(store_idle(s));
	own.records = true;
	e = kv_check_begin(s->kv, &engine, &c);
	if (e != ERR_OK)
		return e;
	e = store_check_new(s, c, &own, &w.check);
	if (e == ERR_OK)
		e = run(w.check, c);
	store_check_free(w.check);
	kv_check_end(c);
	return e;
}
