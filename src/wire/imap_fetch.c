#include "wire/imap_fetch.h"

#include "wire/imap_write.h"

struct item_row {
	struct str name;
	unsigned items;
	bool macro;
};

static const struct item_row item_rows[] = {
	{ S_INIT("UID"), IMAP_FETCH_UID, false },
	{ S_INIT("FLAGS"), IMAP_FETCH_FLAGS, false },
	{ S_INIT("INTERNALDATE"), IMAP_FETCH_INTERNALDATE, false },
	{ S_INIT("RFC822.SIZE"), IMAP_FETCH_SIZE, false },
	{ S_INIT("MODSEQ"), IMAP_FETCH_MODSEQ, false },
	{ S_INIT("ENVELOPE"), IMAP_FETCH_ENVELOPE, false },
	{ S_INIT("BODY"), IMAP_FETCH_BODY, false },
	{ S_INIT("BODYSTRUCTURE"), IMAP_FETCH_BODYSTRUCTURE, false },
	{ S_INIT("SAVEDATE"), IMAP_FETCH_SAVEDATE, false },
	{ S_INIT("EMAILID"), IMAP_FETCH_EMAILID, false },
	{ S_INIT("THREADID"), IMAP_FETCH_THREADID, false },
	{ S_INIT("FAST"), IMAP_FETCH_FLAGS | IMAP_FETCH_INTERNALDATE | IMAP_FETCH_SIZE, true },
	{ S_INIT("ALL"),
		IMAP_FETCH_FLAGS | IMAP_FETCH_INTERNALDATE | IMAP_FETCH_SIZE | IMAP_FETCH_ENVELOPE,
		true },
	{ S_INIT("FULL"),
		IMAP_FETCH_FLAGS | IMAP_FETCH_INTERNALDATE | IMAP_FETCH_SIZE | IMAP_FETCH_ENVELOPE |
			IMAP_FETCH_BODY,
		true },
};

struct old_row {
	struct str name;
	enum imap_section_name section;
	enum imap_section_what what;
	bool peek;
};

/* RFC 3501 6.4.5: the names from before BODY[]. */
static const struct old_row old_rows[] = {
	{ S_INIT("RFC822"), IMAP_NAME_RFC822, IMAP_SECTION_ALL, false },
	{ S_INIT("RFC822.HEADER"), IMAP_NAME_RFC822_HEADER, IMAP_SECTION_HEADER, true },
	{ S_INIT("RFC822.TEXT"), IMAP_NAME_RFC822_TEXT, IMAP_SECTION_TEXT, false },
};

struct binary_row {
	struct str name;
	enum imap_section_name section;
	bool peek;
};

static const struct binary_row binary_rows[] = {
	{ S_INIT("BINARY"), IMAP_NAME_BINARY, false },
	{ S_INIT("BINARY.PEEK"), IMAP_NAME_BINARY, true },
	{ S_INIT("BINARY.SIZE"), IMAP_NAME_BINARY_SIZE, true },
};

/* Of those that have brackets. */
static const struct str section_names[] = {
	[IMAP_NAME_BODY] = S_INIT("BODY["),
	[IMAP_NAME_BINARY] = S_INIT("BINARY["),
	[IMAP_NAME_BINARY_SIZE] = S_INIT("BINARY.SIZE["),
	[IMAP_NAME_BODYPARTSTRUCTURE] = S_INIT("BODYPARTSTRUCTURE["),
	[IMAP_NAME_AVAILABLECONVERSIONS] = S_INIT("AVAILABLECONVERSIONS["),
};

struct what_row {
	struct str name;
	enum imap_section_what what;
};

static const struct what_row what_rows[] = {
	{ S_INIT("HEADER"), IMAP_SECTION_HEADER },
	{ S_INIT("HEADER.FIELDS"), IMAP_SECTION_FIELDS },
	{ S_INIT("HEADER.FIELDS.NOT"), IMAP_SECTION_FIELDS_NOT },
	{ S_INIT("TEXT"), IMAP_SECTION_TEXT },
	{ S_INIT("MIME"), IMAP_SECTION_MIME },
};

struct fetch {
	struct imap_args *args;
	struct imap_fetch *ret;
	struct imap_section *sections;
	size_t room;
};

static void *take(struct imap_args *args, size_t octets)
{
	void *at = arena_try(args->arena, octets);

	if (at == NULL)
		imap_args_fail(args, ERR_LIMIT);
	return at;
}

/* A new section; the row grows by doubling, the old copies stay in the arena. */
static struct imap_section *add(struct fetch *f)
{
	size_t room = f->room > 0 ? f->room * 2 : 4;
	struct imap_section *grown;

	if (f->ret->sections_count == IMAP_SECTIONS_MAX) {
		imap_args_fail(f->args, ERR_LIMIT);
		return NULL;
	}
	if (f->ret->sections_count == f->room) {
		grown = take(f->args, room * sizeof(*grown));
		if (grown == NULL)
			return NULL;
		if (f->room > 0)
			memcpy(grown, f->sections, f->room * sizeof(*grown));
		f->sections = grown;
		f->room = room;
	}
	return &f->sections[f->ret->sections_count++];
}

/* "1.2.3" in front of the section's word; *spec is what follows the last number and its dot. */
static void read_parts(struct imap_args *args, struct str *spec, struct imap_section *s)
{
	uint32_t numbers[IMAP_PART_DEPTH_MAX], *parts;
	struct str part;

	while (spec->len > 0 && ascii_is_digit(spec->at[0])) {
		bool dot = str_cut(spec, '.', &part);

		if (!dot) {
			part = *spec;
			*spec = STR_NONE;
		}
		if (s->parts_count == IMAP_PART_DEPTH_MAX ||
			!str_u32(part, UINT32_MAX, &numbers[s->parts_count]) ||
			numbers[s->parts_count] == 0 || (dot && spec->len == 0)) {
			imap_args_fail(args, ERR_SYNTAX);
			return;
		}
		s->parts_count++;
	}
	if (s->parts_count == 0)
		return;
	parts = take(args, s->parts_count * sizeof(*parts));
	if (parts != NULL)
		memcpy(parts, numbers, s->parts_count * sizeof(*parts));
	s->parts = parts;
}

/* RFC 5322 2.2: a field's name is printable ASCII without a colon. */
static bool is_field_name(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] <= ' ' || s.at[i] > '~' || s.at[i] == ':')
			return false;
	}
	return s.len > 0;
}

/* (FROM TO), the blank in front included. */
static void read_fields(struct imap_args *args, struct imap_section *s)
{
	size_t room = 1;
	struct str *fields;

	imap_args_need(args, ' ');
	imap_args_need(args, '(');
	for (size_t i = 0; i < args->rest.len && args->rest.at[i] != ')' && room < IMAP_FIELDS_MAX;
		i++)
		room += args->rest.at[i] == ' ';
	fields = take(args, room * sizeof(*fields));
	if (fields == NULL)
		return;
	do {
		struct str field = imap_args_astring(args);

		if (s->fields_count == room || !is_field_name(field)) {
			imap_args_fail(args, ERR_SYNTAX);
			return;
		}
		fields[s->fields_count++] = field;
	} while (imap_args_take(args, ' '));
	imap_args_need(args, ')');
	s->fields = fields;
}

void imap_args_section(struct imap_args *args, struct imap_section *s)
{
	struct str spec;
	bool found = false;

	if (imap_args_take(args, ']'))
		return;
	spec = imap_args_word(args);
	read_parts(args, &spec, s);
	for (size_t i = 0; i < sizeof(what_rows) / sizeof(*what_rows) && spec.len > 0; i++) {
		if (str_ieq(spec, what_rows[i].name)) {
			s->what = what_rows[i].what;
			found = true;
		}
	}
	if ((spec.len > 0 && !found) || (s->what == IMAP_SECTION_MIME && s->parts_count == 0))
		imap_args_fail(args, ERR_SYNTAX);
	if (s->what == IMAP_SECTION_FIELDS || s->what == IMAP_SECTION_FIELDS_NOT)
		read_fields(args, s);
	imap_args_need(args, ']');
}

void imap_args_partial(struct imap_args *args, struct imap_section *s)
{
	if (!imap_args_take(args, '<'))
		return;
	s->partial = true;
	s->from = imap_args_number64(args);
	imap_args_need(args, '.');
	s->octets = imap_args_number64(args);
	if (s->octets == 0)
		imap_args_fail(args, ERR_SYNTAX);
	imap_args_need(args, '>');
}

static void read_section(struct fetch *f, bool peek)
{
	struct imap_section *s = add(f);

	if (s == NULL)
		return;
	*s = (struct imap_section){ .peek = peek };
	imap_args_section(f->args, s);
	imap_args_partial(f->args, s);
	f->ret->sets_seen = f->ret->sets_seen || !peek;
}

static bool read_old(struct fetch *f, struct str word)
{
	for (size_t i = 0; i < sizeof(old_rows) / sizeof(*old_rows); i++) {
		const struct old_row *row = &old_rows[i];
		struct imap_section *s;

		if (!str_ieq(word, row->name))
			continue;
		s = add(f);
		if (s == NULL)
			return true;
		*s = (struct imap_section){
			.name = row->section, .what = row->what, .peek = row->peek
		};
		f->ret->sets_seen = f->ret->sets_seen || !row->peek;
		return true;
	}
	return false;
}

/* RFC 3516 section 7: section-binary is a part's number or nothing. */
static bool read_binary(struct fetch *f, struct str word)
{
	const struct binary_row *row = binary_rows, *end = row + sizeof(binary_rows) / sizeof(*binary_rows);
	struct imap_section *s;

	while (row < end && !str_ieq(word, row->name))
		row++;
	if (row == end)
		return false;
	imap_args_need(f->args, '[');
	s = add(f);
	if (s == NULL)
		return true;
	*s = (struct imap_section){ .name = row->section, .peek = row->peek };
	imap_args_section(f->args, s);
	if (s->what != IMAP_SECTION_ALL)
		imap_args_fail(f->args, ERR_SYNTAX);
	if (s->name == IMAP_NAME_BINARY)
		imap_args_partial(f->args, s);
	f->ret->sets_seen = f->ret->sets_seen || !row->peek;
	return true;
}

/* RFC 8970 section 6. Behind it a list may also be one of modifiers of the FETCH (RFC 4466 section 2.4). */
static void read_preview(struct fetch *f)
{
	f->ret->items |= IMAP_FETCH_PREVIEW;
	if (!str_istarts(f->args->rest, S(" (LAZY")))
		return;
	imap_args_need(f->args, ' ');
	imap_args_need(f->args, '(');
	do {
		if (!str_ieq(imap_args_word(f->args), S("LAZY")))
			imap_args_fail(f->args, ERR_SYNTAX);
	} while (imap_args_take(f->args, ' '));
	imap_args_need(f->args, ')');
	f->ret->lazy = true;
}

static void read_notes(struct fetch *f)
{
	struct imap_note_fetch **last = &f->ret->notes;
	size_t count = 0;

	for (; *last != NULL; last = &(*last)->next)
		count++;
	*last = imap_args_note_fetch(f->args);
	if (count == IMAP_NOTE_ITEMS_MAX)
		imap_args_fail(f->args, ERR_LIMIT);
}

static void read_item(struct fetch *f, bool macros)
{
	struct str word = imap_args_word(f->args);
	bool peek = str_ieq(word, S("BODY.PEEK"));

	if ((peek || str_ieq(word, S("BODY"))) && imap_args_take(f->args, '[')) {
		read_section(f, peek);
		return;
	}
	if (read_old(f, word) || read_binary(f, word))
		return;
	if (str_ieq(word, S("PREVIEW"))) {
		read_preview(f);
		return;
	}
	if (str_ieq(word, S("ANNOTATION"))) {
		read_notes(f);
		return;
	}
	for (size_t i = 0; i < sizeof(item_rows) / sizeof(*item_rows); i++) {
		if (str_ieq(word, item_rows[i].name) && (macros || !item_rows[i].macro)) {
			f->ret->items |= item_rows[i].items;
			return;
		}
	}
	imap_args_fail(f->args, ERR_SYNTAX);
}

void imap_arg_fetch(struct imap_args *args, struct imap_fetch *ret)
{
	struct fetch f = { .args = args, .ret = ret };

	*ret = (struct imap_fetch){ 0 };
	imap_args_need(args, ' ');
	if (imap_args_take(args, '(')) {
		do {
			read_item(&f, false);
		} while (imap_args_take(args, ' '));
		imap_args_need(args, ')');
	} else {
		read_item(&f, true);
	}
	ret->sections = f.sections;
}

struct imap_fetch *imap_fetch_copy(struct arena *a, const struct imap_fetch *from)
{
	struct imap_fetch *to = ARENA_NEW(a, struct imap_fetch);
	struct imap_section *sections = ARENA_ARRAY(a, struct imap_section, from->sections_count + 1);

	*to = *from;
	to->sections = sections;
	to->notes = imap_note_fetch_copy(a, from->notes);
	for (size_t n = 0; n < from->sections_count; n++) {
		const struct imap_section *s = &from->sections[n];
		uint32_t *parts = ARENA_ARRAY(a, uint32_t, s->parts_count + 1);
		struct str *fields = ARENA_ARRAY(a, struct str, s->fields_count + 1);

		for (size_t k = 0; k < s->parts_count; k++)
			parts[k] = s->parts[k];
		for (size_t k = 0; k < s->fields_count; k++)
			fields[k] = arena_str(a, s->fields[k]);
		sections[n] = *s;
		sections[n].parts = parts;
		sections[n].fields = fields;
	}
	return to;
}

static void put_fields(struct buf *to, const struct imap_section *s)
{
	buf_put_c(to, " (");
	for (size_t i = 0; i < s->fields_count; i++) {
		buf_put_c(to, i > 0 ? " " : "");
		imap_put_astring(to, s->fields[i], false);
	}
	buf_put_octet(to, ')');
}

void imap_fetch_put_section(struct buf *to, const struct imap_section *s)
{
	if (s->name >= IMAP_NAME_RFC822 && s->name <= IMAP_NAME_RFC822_TEXT) {
		buf_put(to, old_rows[s->name - IMAP_NAME_RFC822].name);
		return;
	}
	buf_put(to, section_names[s->name]);
	for (size_t i = 0; i < s->parts_count; i++) {
		buf_put_c(to, i > 0 ? "." : "");
		buf_put_u64(to, s->parts[i]);
	}
	for (size_t i = 0; i < sizeof(what_rows) / sizeof(*what_rows); i++) {
		if (s->what == what_rows[i].what) {
			buf_put_c(to, s->parts_count > 0 ? "." : "");
			buf_put(to, what_rows[i].name);
		}
	}
	if (s->what == IMAP_SECTION_FIELDS || s->what == IMAP_SECTION_FIELDS_NOT)
		put_fields(to, s);
	buf_put_octet(to, ']');
	if (s->partial) {
		buf_put_octet(to, '<');
		buf_put_u64(to, s->from);
		buf_put_octet(to, '>');
	}
}
