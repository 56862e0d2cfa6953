#include "store/store.h"

#include "base/mem.h"
#include "store/box.h"
#include "store/care_row.h"
#include "store/flags_row.h"
#include "store/keys.h"
#include "store/message.h"
#include "store/note_row.h"

/*
 * Verification: everything is counted anew from the rows and compared with what the rows say of
 * themselves. The rows are those of the engine's snapshot, whatever changes meanwhile; octets and
 * records are read as they are, and one that cannot be is a fault only if its message is still there
 * afterwards.
 */

#define STEP_ROWS     512
#define STEP_MESSAGES 32

struct seen_email {
	struct seen_email *next; /* in the order of finding */
	uint64_t id;
	struct email_row row;
	uint64_t refs; /* found */
	uint32_t folder, uid; /* one of the items that point to it, so that a person can be told; 0: none is in a folder */
	bool known, record, kept;
};

struct seen_folder {
	struct seen_folder *next;
	uint32_t id;
	bool known, items, flags;
	unsigned others; /* care_rows that it has */
	struct counts found, said;
};

struct seen_flags {
	struct seen_flags *next;
	uint32_t folder, block;
	struct str value;
};

struct seen_notes {
	struct seen_notes *next;
	uint32_t folder, uid;
	size_t octets;
};

struct seen_blob {
	kv_blob id;
	uint64_t refs;
};

enum phase { PHASE_ROWS, PHASE_EMAILS, PHASE_BLOBS, PHASE_OVER };

struct store_check {
	struct store *s;
	struct kv_check *snapshot;
	struct store_verify_options options;
	struct map blobs; /* struct seen_blob */
	struct arena arena;
	bool bad;
	enum phase phase;
	/* of the mailbox at hand */
	uint64_t mailbox;
	bool open; /* it is at hand */
	struct key_place {
		size_t len;
		char octets[KV_KEY_OCTETS_MAX + 1];
	} from; /* where the next step begins */
	size_t rows;
	struct map emails;  /* struct seen_email */
	struct map folders; /* struct seen_folder */
	struct seen_email *first_email, *last_email, *next_email;
	struct seen_folder *first_folder;
	struct seen_flags *flags, *last_flags; /* the first that an item may still need */
	struct seen_notes *notes, *last_notes; /* the same */
	struct flags_reader runs;              /* of flags, when run_open */
	struct flags_run run;
	bool run_open;
	struct arena box;
	struct mailbox_row row;
	bool has_row, has_inbox;
	uint64_t retained_messages, retained_octets, modseq_max, email_max, retained_max;
	/* blobs */
	kv_blob next_blob;
	size_t blobs_known; /* of those in the map, found in the engine */
	/* messages, after the snapshot */
	struct map unreadable; /* blob -> itself */
	uint64_t mailboxes_done, mailboxes_total;
	bool listing;
};

static void problem(struct store_check *v, uint32_t folder, uint32_t uid, const char *what)
{
	v->bad = true;
	v->options.each(v->options.arg, &(struct store_problem){ v->mailbox, folder, uid, what });
}

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
		problem(v, 0, 0, "a row of flags cannot be decoded");
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
static size_t apply_notes(struct store_check *v, uint32_t folder, uint32_t uid)
{
	const struct seen_notes *n;

	while ((n = v->notes) != NULL && (n->folder < folder || (n->folder == folder && n->uid <= uid))) {
		v->notes = n->next;
		if (n->folder == folder && n->uid == uid)
			return n->octets;
		problem(v, n->folder, n->uid, "annotations of a message that is not there");
	}
	return 0;
}

static void see_item(struct store_check *v, struct str key, struct str value)
{
	struct item it;
	struct seen_folder *f;
	struct counts *sum;
	struct seen_email *e;
	uint32_t folder;

	if (key_item_get(key, &folder, &it.uid) != ERR_OK || item_get(value, &it) != ERR_OK) {
		problem(v, 0, 0, "an item cannot be decoded");
		return;
	}
	apply_flags(v, folder, &it);
	f = seen_folder(v, folder);
	f->items = true;
	sum = &f->found;
	sum->octets += it.octets;
	sum->notes += apply_notes(v, folder, it.uid);
	sum->messages++;
	sum->unseen += (it.flags & ITEM_SEEN) == 0;
	sum->deleted += (it.flags & ITEM_DELETED) != 0;
	if (it.modseq > v->modseq_max)
		v->modseq_max = it.modseq;
	e = seen(v, it.email);
	e->refs++;
	e->folder = folder;
	e->uid = it.uid;
}

static void see_retained(struct store_check *v, struct str key, struct str value)
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

static void see_email(struct store_check *v, struct str key, struct str value)
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

static void see_change(struct store_check *v, struct str key, struct str value)
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

static void see_folder(struct store_check *v, struct str key, struct str value)
{
	struct folder_row row;
	struct seen_folder *f;
	uint32_t id;

	if (key_folder_get(key, &id) != ERR_OK || folder_row_get(value, &row) != ERR_OK) {
		problem(v, 0, 0, "a folder's row cannot be decoded");
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
		problem(v, folder, 0, care_rows[n].damaged);
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
		problem(v, folder, uid, "annotations of a message cannot be decoded");
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
		problem(v, 0, 0, "the mailbox's row cannot be decoded");
}

static void see(struct store_check *v, struct str key, struct str value)
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
			problem(v, 0, 0, "a row of an unknown kind");
	}
}

static void go_on_after(struct key_place *place, struct str key)
{
	memcpy(place->octets, key.at, key.len);
	place->octets[key.len] = '\0';
	place->len = key.len + 1;
}

static bool see_row(void *arg, struct str key, struct str value)
{
	struct store_check *v = arg;

	see(v, key, value);
	go_on_after(&v->from, key);
	v->rows++;
	return true;
}

/* ---- one mailbox ---- */

static void open_box(struct store_check *v, uint64_t id)
{
	v->mailbox = id;
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

static void close_box(struct store_check *v)
{
	if (!v->open)
		return;
	map_done(&v->emails);
	map_done(&v->folders);
	arena_done(&v->box);
	v->open = false;
	v->mailbox++;
}

static void check_email(struct store_check *v, const struct seen_email *e)
{
	if (!e->known)
		problem(v, e->folder, e->uid,
			e->refs ? "an item points to a message that is not there" : "a record without a message");
	else if (e->refs == 0)
		problem(v, e->folder, e->uid, "a message that no item points to");
	else if (e->refs != e->row.refs)
		problem(v, e->folder, e->uid, "a message's count of items is wrong");
	if (!e->known)
		return;
	if (e->record != (e->row.record_blob == 0))
		problem(v, e->folder, e->uid, "a message's record is missing or there twice");
	else if (e->kept != e->row.kept)
		problem(v, e->folder, e->uid, "a message's kept header is missing or there without one");
}

static void check_counts(struct store_check *v)
{
	bool lost = false, above = false;

	(void)apply_notes(v, UINT32_MAX, UINT32_MAX);
	for (const struct seen_folder *f = v->first_folder; f; f = f->next) {
		const struct counts *a = &f->found, *b = &f->said;

		lost |= !f->known && f->items;
		for (unsigned n = 0; n < CARE_ROWS && !f->known; n++) {
			if (f->others & 1u << n)
				problem(v, f->id, 0, care_rows[n].lost);
		}
		if (!f->known && f->flags)
			problem(v, f->id, 0, "flags of a folder that is not there");
		above |= f->known && f->id >= v->row.folder_next;
		if (f->known && (a->octets != b->octets || a->notes != b->notes || a->messages != b->messages || a->unseen != b->unseen || a->deleted != b->deleted))
			problem(v, f->id, 0, "a folder's counters differ from a recount");
	}
	if (lost)
		problem(v, 0, 0, "items of a folder that is not there");
	if (v->retained_messages != v->row.retained_messages || v->retained_octets != v->row.retained_octets)
		problem(v, 0, 0, "the counters of recoverable messages differ from a recount");
	if (above || v->modseq_max > v->row.modseq || v->email_max >= v->row.email_next || v->retained_max >= v->row.retained_next)
		problem(v, 0, 0, "a number in use is above the next to be given");
	if (!v->has_inbox)
		problem(v, 0, 0, "the mailbox cannot be opened: it has no INBOX");
}

static void rows_over(struct store_check *v, enum err e)
{
	if (e != ERR_OK)
		problem(v, 0, 0, "not every row of the mailbox can be read");
	else if (!v->has_row)
		problem(v, 0, 0, "the mailbox cannot be opened: its row is missing or damaged");
	/* One half removed only holds its blobs. */
	if (e != ERR_OK || !v->has_row || v->row.removing) {
		close_box(v);
		return;
	}
	check_counts(v);
	v->next_email = v->first_email;
	v->phase = PHASE_EMAILS;
}

static enum err rows_step(struct store_check *v)
{
	struct kv_check_range range;
	uint64_t id;
	enum err e;

	if (!v->open) {
		if (v->mailbox > STORE_MAILBOX_MAX || kv_check_shards(v->snapshot, v->mailbox, &id, 1) == 0 || id > STORE_MAILBOX_MAX) {
			v->phase = PHASE_BLOBS;
			v->mailbox = 0;
			return ERR_NEEDMORE;
		}
		v->mailboxes_total++;
		open_box(v, id);
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
		close_box(v);
		v->phase = PHASE_ROWS;
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
		problem(v, 0, 0, "octets are kept of a message that no mailbox has");
	else if (row->count < refs || (v->options.others && row->count != refs))
		problem(v, 0, 0, "a blob's count differs from a recount");
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
		problem(v, 0, 0, "a message's octets are not in the engine");
	v->phase = PHASE_OVER;
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

static const char named, unnamed;

void store_check_unreadable(struct store_check *v, kv_blob blob)
{
	map_put(&v->unreadable, blob, (void *)(uintptr_t)&unnamed);
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

static bool found_unreadable(struct store_check *v, kv_blob blob)
{
	if (blob == 0 || !map_get(&v->unreadable, blob))
		return false;
	map_put(&v->unreadable, blob, (void *)(uintptr_t)&named);
	return true;
}

/* Neither removed since nor with its whole mailbox on the way out. */
static bool still_there(struct store_check *v, const struct batch_row *b)
{
	struct key email = key_number(KEYS_EMAIL, b->id), box = key_mailbox();
	struct kv_read reads[] = { { .shard = v->mailbox, .key = key_str(&email) }, { .shard = v->mailbox, .key = key_str(&box) } };
	struct mailbox_row mailbox;
	struct email_row row;
	struct arena a;
	bool there;

	arena_init(&a, ARENA_NONE);
	there = kv_read_all(v->s->kv, reads, 2, &a) != ERR_OK ||
		(reads[0].ret_found && reads[1].ret_found && email_row_get(reads[0].ret_value, &row) == ERR_OK && row.blob == b->row.blob &&
			(mailbox_row_get(reads[1].ret_value, &mailbox) != ERR_OK || !mailbox.removing));
	arena_done(&a);
	return there;
}

struct naming {
	struct store_check *v;
	uint64_t email;
	bool found;
};

static bool name_item(void *arg, struct str key, struct str value)
{
	struct naming *n = arg;
	struct item it;
	uint32_t folder;

	if (key_item_get(key, &folder, &it.uid) != ERR_OK || item_get(value, &it) != ERR_OK || it.email != n->email)
		return true;
	n->found = true;
	problem(n->v, folder, it.uid, "a message's octets or record are damaged");
	return true;
}

static void name_message(struct store_check *v, uint64_t email)
{
	struct key from = key_kind(KEYS_ITEM), to = key_kind_end(KEYS_ITEM);
	struct naming n = { v, email, false };

	if (kv_scan(v->s->kv, v->mailbox, key_str(&from), key_str(&to), 0, name_item, &n) != ERR_OK || !n.found)
		problem(v, 0, 0, "a message's octets or record are damaged; it is in no folder");
}

static void check_message(struct store_check *v, const struct batch_row *b)
{
	bool octets = found_unreadable(v, b->row.blob), record = found_unreadable(v, b->row.record_blob), bad = octets || record;

	if (!bad && v->options.records)
		bad = message_sound(v->s->kv, v->mailbox, b->id, &b->row) != ERR_OK;
	if (bad && still_there(v, b))
		name_message(v, b->id);
}

static enum err messages_over(struct store_check *v)
{
	v->mailbox = 0;
	MAP_EACH (const char, state, &v->unreadable) {
		if (state == &unnamed)
			problem(v, 0, 0, "octets of a message that no mailbox has cannot be read");
	}
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

		if (v->mailbox == 0 || v->phase != PHASE_OVER)
			v->mailbox = 1;
		v->phase = PHASE_OVER;
		if (kv_shards(v->s->kv, v->mailbox, &id, 1) == 0 || id > STORE_MAILBOX_MAX)
			return messages_over(v);
		v->mailbox = id;
		v->listing = true;
		go_on_after(&v->from, key_str(&from));
		v->from.len--;
	}
	v->rows = 0;
	if (kv_scan(v->s->kv, v->mailbox, str_make(v->from.octets, v->from.len), key_str(&to), STEP_MESSAGES, batch_row, &b) == ERR_CORRUPT)
		problem(v, 0, 0, "not every row of the mailbox can be read");
	for (size_t i = 0; i < b.count; i++)
		check_message(v, &b.rows[i]);
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
	return v->phase == PHASE_OVER ? ERR_OK : steps[v->phase](v);
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
	close_box(v);
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
