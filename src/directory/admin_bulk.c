#include "directory/admin_bulk.h"

#include "base/mem.h"
#include "directory/admin_args.h"
#include "directory/admin_right.h"
#include "directory/admin_show.h"
#include "io/clock.h"
#include "kv/draft.h"

#define READ_ENTRIES_MAX ((size_t)500)     /* of one page */
#define READ_OCTETS_MAX  ((size_t)1 << 20) /* a page that is larger ends */
#define ITEMS_PER_ROW    ((size_t)500)     /* of a list in one row */

/* ---- apply ---- */

struct bulk_event {
	enum directory_deed deed;
	struct entry entry;
	bool secret;
};

/* Entries of events live in the arenas of the changes, which stay until the flush is over. */
struct bulk {
	struct admin *request;
	struct directory directory; /* as the changes see it */
	struct admin *changes;
	size_t count; /* of arenas in use */
	struct bulk_event *events;
	size_t event_count, events_held;
	char outcomes[BULK_CHANGES_MAX + 1];
	json_t *rows;
};

static void note_event(void *arg, enum directory_deed deed, const struct entry *e, bool secret)
{
	struct bulk *b = arg;

	if (b->event_count == b->events_held) {
		b->events_held = b->events_held * 2 + 64;
		b->events = mem_resize(b->events, b->events_held * sizeof(*b->events));
	}
	b->events[b->event_count++] = (struct bulk_event){ deed, *e, secret };
}

/* Does nothing have the name? Whatever else is wrong with it the verb will say. */
static bool is_missing(struct admin *q)
{
	struct failure own = { 0 }, *f = q->failure;
	struct entry e;
	enum err found;

	q->failure = &own;
	found = admin_args_find(q, q->kind, admin_args_str(q, "name"), &e);
	q->failure = f;
	return found == ERR_NOTFOUND;
}

static enum err open_change(struct admin *q, const json_t *change, const struct admin_verb_row **ret)
{
	const char *verb = json_string_value(json_object_get(change, "verb"));
	json_t *given = json_object_get(change, "args");
	struct admin_verb verb_row;

	q->args = given;
	if (verb == NULL || !json_is_object(given) || !admin_verb_find(str_from_c(verb), &verb_row))
		return fail(q->failure, ERR_SYNTAX, "a change is {\"verb\": \"...\", \"args\": {...}}");
	if (verb_row.kind == ENTRY_NONE || verb_row.kind == ENTRY_ORGANISATION)
		return fail(q->failure, ERR_SYNTAX, "%s changes no entry", verb);
	q->kind = verb_row.kind;
	*ret = verb_row.row;
	return ERR_OK;
}

/* One change in an arena of its own. *ret_letter: its outcome. */
static enum err run_change(struct bulk *b, const json_t *change, struct failure *f, char *ret_letter)
{
	struct admin *q = &b->changes[b->count++];
	const json_t *instead = json_object_get(change, "instead");
	const char *fine = json_string_value(json_object_get(change, "fine"));
	const struct admin_verb_row *verb;
	enum err e;

	*q = (struct admin){ .directory = &b->directory, .failure = f, .now_seconds = b->request->now_seconds,
		.trial = b->request->trial, .reply = json_object() };
	arena_init(&q->arena, ARENA_NONE);
	*ret_letter = 'a';
	e = open_change(q, change, &verb);
	if (e == ERR_OK && json_is_object(instead) && is_missing(q)) {
		*ret_letter = 'i';
		e = open_change(q, instead, &verb);
	}
	if (e == ERR_OK)
		e = admin_dispatch(q, str_from_c(verb->verb));
	json_decref(q->reply);
	if (e != ERR_OK && fine != NULL && strcmp(fine, err_name(e)) == 0)
		e = ERR_OK;
	if (e != ERR_OK)
		*ret_letter = 'x';
	return e;
}

/* True: what was refused is the change's fault. Otherwise the whole request fails. */
static bool is_refusal(enum err e)
{
	return e != ERR_IO && e != ERR_CORRUPT && e != ERR_DISKFULL;
}

static enum err run_changes(struct bulk *b)
{
	const json_t *changes = json_object_get(b->request->args, "changes");
	uint64_t until = clock_mono_ms() + BULK_MS_MAX;
	size_t i = 0;

	for (; i < json_array_size(changes) && (i == 0 || clock_mono_ms() < until); i++) {
		struct failure f = { 0 };
		enum err e = run_change(b, json_array_get(changes, i), &f, &b->outcomes[i]);

		if (e != ERR_OK && !is_refusal(e))
			return fail(b->request->failure, e, "%s", f.text);
		if (e != ERR_OK)
			json_array_append_new(b->rows, json_pack("{s:I,s:s,s:o}", "change", (json_int_t)i, "error",
				err_name(e), "message", admin_show_string(str_from_c(f.text))));
	}
	json_object_set_new(b->request->reply, "done", json_integer((json_int_t)i));
	json_object_set_new(b->request->reply, "outcomes", json_stringn(b->outcomes, i));
	return ERR_OK;
}

static enum err flush(struct bulk *b)
{
	struct directory *d = b->request->directory;
	struct kv_write *w;
	enum err e;

	if (b->event_count == 0)
		return ERR_OK;
	w = kv_write_new(d->kv);
	kv_draft_put(d->batch, w);
	e = kv_commit_now(d->kv, w);
	if (e != ERR_OK)
		return fail(b->request->failure, e, NULL);
	for (size_t i = 0; i < b->event_count && d->on_change != NULL; i++)
		d->on_change(d->arg, b->events[i].deed, &b->events[i].entry, b->events[i].secret);
	return ERR_OK;
}

static enum err take_trial(struct bulk *b)
{
	struct admin *q = b->request;
	struct directory *d = q->directory;
	uint64_t number = admin_args_number(q, "trial", 0);

	if (number == 0) {
		admin_bulk_end_trial(d);
		d->trial_number = ++d->trials;
	} else if (number != d->trial_number) {
		return fail(q->failure, ERR_INUSE, "the dry run is over: another one began, or nothing came for a while");
	}
	if (kv_draft_octets(d->trial) > BULK_TRIAL_OCTETS_MAX)
		return fail(q->failure, ERR_TOOBIG, "a dry run can hold %llu MiB of changes; try the file in parts",
			(unsigned long long)(BULK_TRIAL_OCTETS_MAX >> 20));
	b->directory.kv = d->trial;
	json_object_set_new(q->reply, "trial", json_integer((json_int_t)d->trial_number));
	return ERR_OK;
}

static void wipe_changes(const json_t *changes)
{
	const json_t *change;
	size_t i;

	json_array_foreach(changes, i, change)
	{
		admin_wipe_secrets(json_object_get(change, "args"));
		admin_wipe_secrets(json_object_get(json_object_get(change, "instead"), "args"));
	}
}

static void bulk_done(struct bulk *b)
{
	for (size_t i = 0; i < b->count; i++)
		arena_wipe(&b->changes[i].arena);
	mem_free(b->changes);
	mem_free(b->events);
	if (!b->request->trial)
		kv_draft_clear(b->request->directory->batch);
}

enum err admin_do_apply(struct admin *q)
{
	const json_t *changes = json_object_get(q->args, "changes");
	struct directory *d = q->directory;
	struct bulk *b;
	enum err e = ERR_OK;

	if (json_array_size(changes) > BULK_CHANGES_MAX)
		return fail(q->failure, ERR_TOOBIG, "at most %zu changes at once", BULK_CHANGES_MAX);
	if (d->batch == NULL || d->trial == NULL)
		return fail(q->failure, ERR_UNAVAILABLE, "this directory takes one change at a time");
	q->trial = admin_args_flag(q, "dry-run", false);
	b = ARENA_NEW(&q->arena, struct bulk);
	*b = (struct bulk){ .request = q, .directory = *d, .rows = json_array(),
		.changes = mem_new((json_array_size(changes) + 1) * sizeof(struct admin)) };
	json_object_set_new(q->reply, "rows", b->rows);
	b->directory.kv = d->batch;
	b->directory.on_change = note_event;
	b->directory.arg = b;
	if (q->trial)
		e = take_trial(b);
	if (e == ERR_OK)
		e = run_changes(b);
	if (e == ERR_OK && !q->trial)
		e = flush(b);
	wipe_changes(changes);
	bulk_done(b);
	return e;
}

void admin_bulk_end_trial(struct directory *d)
{
	d->trial_number = 0;
	if (d->trial != NULL)
		kv_draft_clear(d->trial);
}

/* ---- read ---- */

struct reading {
	struct admin *q;
	json_t *rows, *values; /* values: of the row that is being filled */
	uint64_t id;
	size_t octets;
};

static void begin_row(struct reading *r)
{
	r->values = json_object();
	json_array_append_new(r->rows, json_pack("{s:I,s:o}", "id", (json_int_t)r->id, "values", r->values));
}

static void put_items(struct reading *r, const char *name, const struct str *at, size_t count)
{
	json_t *items = json_array();

	for (size_t i = 0; i < count; i++) {
		if (i > 0 && i % ITEMS_PER_ROW == 0) {
			json_object_set_new(r->values, name, items);
			begin_row(r);
			items = json_array();
		}
		json_array_append_new(items, admin_show_string(at[i]));
		r->octets += at[i].len;
	}
	json_object_set_new(r->values, name, items);
}

static void put_value(struct reading *r, const struct entry *e, const struct entry_property *p)
{
	const void *field = (const char *)e + p->offset;
	const char *name = admin_show_name(r->q, p).at;
	const struct entry_texts *texts = field;
	const struct entry_ids *ids = field;
	struct str *at, value;

	if (p->type == ENTRY_TYPE_secret || p->type == ENTRY_TYPE_past_texts || p->type == ENTRY_TYPE_past_ids)
		return;
	if (p->type == ENTRY_TYPE_texts) {
		put_items(r, name, texts->at, texts->count);
		return;
	}
	if (entry_type_is_ids(p->type)) {
		at = arena_take(&r->q->arena, ids->count * sizeof(*at) + 1);
		for (size_t i = 0; i < ids->count; i++)
			at[i] = admin_show_id(r->q, ids->at[i]);
		put_items(r, name, at, ids->count);
		return;
	}
	value = admin_show_value(r->q, e, p);
	r->octets += value.len;
	json_object_set_new(r->values, name, admin_show_string(value));
}

/* What is no property of the entry itself, but a column. */
static void put_more(struct reading *r, const struct entry *e)
{
	struct entry_texts names;

	if (e->kind == ENTRY_ACCOUNT) {
		admin_right_group_names(r->q, e->id, &names);
		put_items(r, "groups", names.at, names.count);
	} else if (e->kind == ENTRY_MAILBOX) {
		admin_right_delegates(r->q, &e->mailbox.rights, &names);
		put_items(r, "delegates", names.at, names.count);
	}
}

static void read_entry(struct reading *r, const struct entry *e)
{
	size_t count;
	const struct entry_property *p = entry_properties(e->kind, &count);

	r->id = e->id;
	begin_row(r);
	/* An account's name alone does not name it. */
	json_object_set_new(r->values, "key", admin_show_string(admin_show_id(r->q, e->id)));
	for (size_t i = 0; i < count; i++)
		put_value(r, e, &p[i]);
	put_more(r, e);
}

static enum entry_kind kind_named(struct str name)
{
	for (int kind = ENTRY_DOMAIN; kind < ENTRY_KIND_END; kind++) {
		if (str_ieq(name, str_from_c(entry_kind_name((enum entry_kind)kind))))
			return (enum entry_kind)kind;
	}
	return ENTRY_NONE;
}

enum err admin_do_read(struct admin *q)
{
	enum entry_kind kind = kind_named(admin_args_str(q, "class"));
	struct reading r = { .q = q, .rows = json_array() };
	struct entry_ids ids = { 0 };
	size_t i = 0;
	enum err e;

	json_object_set_new(q->reply, "rows", r.rows);
	if (kind == ENTRY_NONE)
		return fail(q->failure, ERR_SYNTAX, "--class must be domain, account, group, mailbox, contact, list or public store");
	e = directory_ids(q->directory, kind, admin_args_number(q, "first-id", 0), &q->arena, READ_ENTRIES_MAX, &ids);
	for (; e == ERR_OK && i < ids.count && r.octets < READ_OCTETS_MAX; i++) {
		struct entry entry;

		e = directory_get(q->directory, kind, ids.at[i], &q->arena, &entry);
		if (e == ERR_OK)
			read_entry(&r, &entry);
	}
	if (e != ERR_OK)
		return fail(q->failure, e, NULL);
	if (i < ids.count || ids.count == READ_ENTRIES_MAX)
		json_object_set_new(q->reply, "next", json_integer((json_int_t)ids.at[i - 1] + 1));
	return ERR_OK;
}
