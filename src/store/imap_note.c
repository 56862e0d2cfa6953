#include "store/imap_note.h"

#include "store/imap_notify.h"
#include "wire/imap_metadata.h"

static bool is_ours(const struct imap *i, const struct annotation *n)
{
	return n->owner == 0 || n->owner == i->s->user.account;
}

/* ---- parts ---- */

static bool has_part(struct str entry, const struct record *record)
{
	uint32_t parts[IMAP_NOTE_DEPTH_MAX], part;
	size_t count = imap_note_part(entry, parts);

	return count == 0 || record_section(record, parts, count, &part);
}

static bool names_part(struct str entry)
{
	uint32_t parts[IMAP_NOTE_DEPTH_MAX];

	return imap_note_part(entry, parts) > 0;
}

bool imap_note_names_parts(const struct imap_notes *notes)
{
	for (size_t n = 0; n < notes->count; n++) {
		if (names_part(notes->of[n].entry))
			return true;
	}
	return false;
}

bool imap_note_fits(const struct imap_notes *notes, const struct record *record)
{
	for (size_t n = 0; n < notes->count; n++) {
		if (!has_part(notes->of[n].entry, record))
			return false;
	}
	return true;
}

bool imap_note_needs_record(const struct imap_note_fetch *wanted)
{
	for (; wanted != NULL; wanted = wanted->next) {
		for (size_t n = 0; n < wanted->count; n++) {
			if (!wanted->entries[n].pattern && names_part(wanted->entries[n].name))
				return true;
		}
	}
	return false;
}

/* ---- FETCH ---- */

/* What of one entry is seen; at NULL: no value. */
struct seen {
	struct str entry, private, shared;
};

struct telling {
	struct imap *i;
	const struct imap_note_fetch *wanted;
	const struct seen *seen; /* ascending */
	size_t seen_count;
	bool begun, *blank;
};

static const struct seen *gather(struct imap *i, struct arena *a, const struct annotation_list *list, size_t *ret_count)
{
	struct seen *seen = ARENA_ARRAY(a, struct seen, list->count + 1);
	size_t count = 0;

	for (size_t n = 0; n < list->count; n++) {
		const struct annotation *row = &list->rows[n];

		if (!is_ours(i, row))
			continue;
		if (count == 0 || !str_eq(seen[count - 1].entry, row->entry))
			seen[count++] = (struct seen){ .entry = row->entry };
		if (row->owner == 0)
			seen[count - 1].shared = row->value;
		else
			seen[count - 1].private = row->value;
	}
	*ret_count = count;
	return seen;
}

/* A wildcard stands for entries with a value among what is asked for. */
static bool is_wanted(const struct telling *t, const struct seen *s)
{
	unsigned a = t->wanted->attributes;

	return ((a & (IMAP_NOTE_VALUE_PRIVATE | IMAP_NOTE_SIZE_PRIVATE)) && s->private.at != NULL) ||
	       ((a & (IMAP_NOTE_VALUE_SHARED | IMAP_NOTE_SIZE_SHARED)) && s->shared.at != NULL);
}

/* Each entry is told once, where it is first meant. */
static bool was_told(const struct telling *t, size_t before, const struct seen *s)
{
	for (size_t n = 0; n < before; n++) {
		const struct imap_note_entry *e = &t->wanted->entries[n];

		if (e->pattern ? is_wanted(t, s) && imap_note_matches(e->name, s->entry) : str_eq(e->name, s->entry))
			return true;
	}
	return false;
}

static void put_entry(struct telling *t, const struct seen *s)
{
	const struct str values[] = { s->private, s->shared };
	struct buf *to = imap_out(t->i);
	bool first = true;

	if (!t->begun)
		buf_put(to, *t->blank ? S(" ANNOTATION (") : S("ANNOTATION ("));
	else
		buf_put_octet(to, ' ');
	t->begun = *t->blank = true;
	imap_put_astring(to, s->entry, false);
	for (unsigned n = 0; n < IMAP_NOTE_ATTRIBUTES; n++) {
		if ((t->wanted->attributes & 1u << n) == 0)
			continue;
		buf_put(to, first ? S(" (") : S(" "));
		first = false;
		buf_put(to, imap_note_attribute_name(n));
		buf_put_octet(to, ' ');
		if (1u << n < IMAP_NOTE_SIZE_PRIVATE)
			imap_put_value(to, values[n % 2]);
		else
			buf_printf(to, "\"%zu\"", values[n % 2].len);
	}
	buf_put_octet(to, ')');
}

static const struct seen *find(const struct telling *t, struct str entry)
{
	for (size_t n = 0; n < t->seen_count; n++) {
		if (str_eq(t->seen[n].entry, entry))
			return &t->seen[n];
	}
	return NULL;
}

static void put_matching(struct telling *t, size_t at)
{
	for (size_t n = 0; n < t->seen_count; n++) {
		const struct seen *s = &t->seen[n];

		if (is_wanted(t, s) && imap_note_matches(t->wanted->entries[at].name, s->entry) && !was_told(t, at, s))
			put_entry(t, s);
	}
}

static enum err put_wanted(struct telling *t, const struct record *record)
{
	enum err e = ERR_OK;

	t->begun = false;
	for (size_t n = 0; n < t->wanted->count; n++) {
		const struct imap_note_entry *entry = &t->wanted->entries[n];
		struct seen none = { .entry = entry->name };
		const struct seen *s = find(t, entry->name);

		if (entry->pattern)
			put_matching(t, n);
		else if (record != NULL && !has_part(entry->name, record))
			e = ERR_SYNTAX;
		else if (s == NULL || !was_told(t, n, s))
			put_entry(t, s != NULL ? s : &none);
	}
	if (t->begun)
		buf_put_octet(imap_out(t->i), ')');
	return e;
}

enum err imap_note_put(struct imap *i, const struct item *it, const struct record *record,
	const struct imap_note_fetch *wanted, bool *blank)
{
	struct telling t = { .i = i, .blank = blank };
	struct annotation_list list;
	struct arena a;
	enum err e;

	arena_init(&a, ARENA_NONE);
	e = message_notes(view_mailbox(i->view), view_folder(i->view), it, &a, &list);
	if (e == ERR_OK)
		t.seen = gather(i, &a, &list, &t.seen_count);
	for (; e == ERR_OK && wanted != NULL; wanted = wanted->next) {
		t.wanted = wanted;
		e = put_wanted(&t, record);
	}
	arena_done(&a);
	return e;
}

/* ---- what others changed ---- */

void imap_note_put_names(struct imap *i, const struct note_names *names)
{
	struct buf *to = imap_out(i);
	bool begun = false;

	for (size_t n = 0; n < names->count; n++) {
		bool told = false;

		for (size_t k = 0; k < n; k++)
			told |= is_ours(i, &names->of[k]) && str_eq(names->of[k].entry, names->of[n].entry);
		if (told || !is_ours(i, &names->of[n]))
			continue;
		buf_put(to, begun ? S(" ") : S(" ANNOTATION ("));
		begun = true;
		imap_put_astring(to, names->of[n].entry, false);
	}
	if (begun)
		buf_put_octet(to, ')');
}

void imap_note_hear(struct imap *i)
{
	if (i->view != NULL)
		view_hear_notes(i->view, imap_notify_hears_notes(i));
}

void imap_note_begin(struct imap *i)
{
	struct buf *to = imap_out(i);

	imap_note_hear(i);
	buf_put(to, S("* OK [ANNOTATIONS "));
	if (i->examined)
		buf_put(to, S("READ-ONLY"));
	else
		buf_put_u64(to, NOTE_VALUE_OCTETS_MAX);
	buf_put(to, S("] "));
	imap_put_text(to, i->language, S("annotations of messages"));
}

/* ---- for the store ---- */

struct annotation_list imap_note_changes(const struct imap *i, struct arena *a, const struct imap_notes *notes)
{
	struct annotation *rows = ARENA_ARRAY(a, struct annotation, notes->count + 1);

	for (size_t n = 0; n < notes->count; n++)
		rows[n] = (struct annotation){ .owner = notes->of[n].shared ? 0 : i->s->user.account,
			.entry = notes->of[n].entry,
			.value = notes->of[n].value };
	return (struct annotation_list){ rows, notes->count };
}

/* What strangers note for themselves is no one's in particular, and there would be no end to it. */
uint32_t imap_note_rights(const struct imap *i, const struct imap_notes *notes)
{
	bool named = i->s->user.access != ACCESS_ANYONE;
	uint32_t rights = 0;

	for (size_t n = 0; n < notes->count; n++)
		rights |= named && !notes->of[n].shared ? ACL_READ : ACL_NOTE;
	return rights;
}

enum err imap_note_carried(
	struct imap *i, const struct item *it, uint32_t rights, struct arena *a, struct annotation_list *ret)
{
	struct annotation_list list;
	struct annotation *rows;
	size_t count = 0;
	enum err e = message_notes(view_mailbox(i->view), view_folder(i->view), it, a, &list);

	*ret = (struct annotation_list){ 0 };
	if (e != ERR_OK)
		return e;
	rows = ARENA_ARRAY(a, struct annotation, list.count + 1);
	for (size_t n = 0; n < list.count; n++) {
		if (is_ours(i, &list.rows[n]) && (rights & (list.rows[n].owner == 0 ? ACL_NOTE : ACL_READ)))
			rows[count++] = list.rows[n];
	}
	*ret = (struct annotation_list){ rows, count };
	return ERR_OK;
}
