#include "wire/imap_note.h"

#include "wire/imap_pattern.h"

static const struct str attribute_names[IMAP_NOTE_ATTRIBUTES] = {
	S_INIT("value.priv"),
	S_INIT("value.shared"),
	S_INIT("size.priv"),
	S_INIT("size.shared"),
};

struct str imap_note_attribute_name(unsigned n)
{
	must(n < IMAP_NOTE_ATTRIBUTES);
	return attribute_names[n];
}

/* ---- names ---- */

static bool is_wild(struct str name)
{
	return str_has_octet(name, '*') || str_has_octet(name, '%');
}

/* The first level, without its slash. */
static struct str first_level(struct str entry)
{
	struct str rest = str_skip(entry, 1);
	size_t end = str_find(rest, '/');

	return end == STR_NPOS ? rest : str_sub(rest, 0, end);
}

/* RFC 3501 section 9, section-part; *count stays 0 where the level is none. False: it begins like one. */
static bool read_part(struct str level, uint32_t *parts, size_t *count)
{
	struct str one;
	bool dot = true;

	*count = 0;
	if (level.len == 0 || !ascii_is_digit(level.at[0]))
		return true;
	while (dot) {
		dot = str_cut(&level, '.', &one);
		if (!dot)
			one = level;
		if (*count == IMAP_NOTE_DEPTH_MAX || !str_u32(one, UINT32_MAX, &parts[*count]) || one.at[0] == '0')
			return false;
		(*count)++;
	}
	return true;
}

/* Sections 3.2 and 3.2.1; control characters have no place in a name that anybody has registered. */
static bool is_name(struct str entry)
{
	uint32_t parts[IMAP_NOTE_DEPTH_MAX];
	size_t count;
	char last = '\0';

	if (entry.len == 0 || entry.len > IMAP_NOTE_ENTRY_OCTETS_MAX || entry.at[entry.len - 1] == '/')
		return false;
	for (size_t i = 0; i < entry.len; last = entry.at[i++]) {
		if (entry.at[i] < ' ' || entry.at[i] > '~' || (entry.at[i] == '/' && last == '/'))
			return false;
	}
	if (entry.at[0] != '/')
		return is_wild(str_sub(entry, 0, 1));
	return is_wild(first_level(entry)) || read_part(first_level(entry), parts, &count);
}

static const struct str flag_names[] = {
	S_INIT("/flags/seen"),
	S_INIT("/flags/answered"),
	S_INIT("/flags/flagged"),
	S_INIT("/flags/forwarded"),
};

static bool is_flag(struct str entry)
{
	for (size_t i = 0; i < sizeof(flag_names) / sizeof(*flag_names); i++) {
		if (str_eq(entry, flag_names[i]))
			return true;
	}
	return false;
}

/* What a value may be kept under, and whether it is this one. */
static bool is_defined(struct str entry, struct str value)
{
	uint32_t parts[IMAP_NOTE_DEPTH_MAX];
	bool part = imap_note_part(entry, parts) > 0;

	if (part)
		entry = str_skip(entry, 1 + first_level(entry).len);
	if (part && is_flag(entry))
		return value.at == NULL || str_eq(value, S("0")) || str_eq(value, S("1"));
	return str_eq(entry, S("/comment")) || (!part && str_eq(entry, S("/altsubject"))) || str_starts(entry, S("/vendor/"));
}

size_t imap_note_part(struct str entry, uint32_t ret[IMAP_NOTE_DEPTH_MAX])
{
	size_t count;

	return read_part(first_level(entry), ret, &count) ? count : 0;
}

bool imap_note_matches(struct str pattern, struct str entry)
{
	return imap_pattern_match(pattern, entry, '/');
}

struct str imap_args_note_pattern(struct imap_args *args)
{
	struct str name = imap_args_wild(args);

	if (args->err == ERR_OK && !is_name(name))
		imap_args_fail(args, ERR_SYNTAX);
	return args->err == ERR_OK ? name : STR_NONE;
}

struct str imap_args_note_entry(struct imap_args *args)
{
	struct str name = imap_args_note_pattern(args);

	if (args->err == ERR_OK && is_wild(name))
		imap_args_fail(args, ERR_SYNTAX);
	return name;
}

/* Of enum imap_note_attribute; without a suffix it is both. Case counts. */
static unsigned read_attribute(struct imap_args *args)
{
	struct str word = imap_args_astring(args);
	unsigned found = 0;

	for (unsigned n = 0; n < IMAP_NOTE_ATTRIBUTES; n++) {
		struct str name = attribute_names[n];

		if (str_eq(word, name) || str_eq(word, str_sub(name, 0, str_find(name, '.'))))
			found |= 1u << n;
	}
	if (found == 0)
		imap_args_fail(args, ERR_SYNTAX);
	return found;
}

unsigned imap_args_note_scopes(struct imap_args *args)
{
	unsigned found = read_attribute(args);

	if (found & (IMAP_NOTE_SIZE_PRIVATE | IMAP_NOTE_SIZE_SHARED))
		imap_args_fail(args, ERR_SYNTAX);
	return found & (IMAP_NOTE_PRIVATE | IMAP_NOTE_SHARED);
}

enum imap_note_scope imap_args_note_scope(struct imap_args *args)
{
	unsigned scopes = imap_args_note_scopes(args);

	if (scopes == (IMAP_NOTE_PRIVATE | IMAP_NOTE_SHARED))
		imap_args_fail(args, ERR_SYNTAX);
	return scopes == IMAP_NOTE_SHARED ? IMAP_NOTE_SHARED : IMAP_NOTE_PRIVATE;
}

/* ---- STORE, APPEND ---- */

static void *take(struct imap_args *args, size_t octets)
{
	void *at = arena_try(args->arena, octets);

	if (at == NULL)
		imap_args_fail(args, ERR_LIMIT);
	return at;
}

/* The row grows by doubling; the old copies stay in the arena. */
static struct imap_note *add(struct imap_args *args, struct imap_notes *notes, struct imap_note **of, size_t *room)
{
	struct imap_note *grown;

	if (notes->count == IMAP_NOTES_MAX) {
		imap_args_fail(args, ERR_LIMIT);
		return NULL;
	}
	if (notes->count == *room) {
		*room = *room > 0 ? *room * 2 : 4;
		grown = take(args, *room * sizeof(*grown));
		if (grown == NULL)
			return NULL;
		if (notes->count > 0)
			memcpy(grown, *of, notes->count * sizeof(*grown));
		*of = grown;
	}
	return &(*of)[notes->count++];
}

void imap_args_notes(struct imap_args *args, struct imap_notes *ret)
{
	struct imap_note *of = NULL, *note;
	size_t room = 0;

	*ret = (struct imap_notes){ 0 };
	imap_args_need(args, ' ');
	imap_args_need(args, '(');
	do {
		struct str entry = imap_args_note_entry(args);

		imap_args_need(args, ' ');
		imap_args_need(args, '(');
		do {
			note = args->err == ERR_OK ? add(args, ret, &of, &room) : NULL;
			if (note == NULL)
				return;
			note->entry = entry;
			note->shared = imap_args_note_scope(args) == IMAP_NOTE_SHARED;
			imap_args_need(args, ' ');
			note->value = imap_args_value(args);
			if (args->err == ERR_OK && !is_defined(entry, note->value))
				imap_args_fail(args, ERR_SYNTAX);
		} while (imap_args_take(args, ' '));
		imap_args_need(args, ')');
	} while (imap_args_take(args, ' '));
	imap_args_need(args, ')');
	ret->of = of;
}

/* ---- FETCH ---- */

static bool has_entry(const struct imap_note_entry *entries, size_t count, struct str name)
{
	for (size_t i = 0; i < count; i++) {
		if (str_eq(entries[i].name, name))
			return true;
	}
	return false;
}

static void read_entries(struct imap_args *args, struct imap_note_fetch *ret)
{
	bool many = imap_args_take(args, '(');
	struct imap_note_entry *entries = take(args, (many ? IMAP_NOTES_MAX : 1) * sizeof(*entries));

	if (entries == NULL)
		return;
	do {
		struct str name = imap_args_note_pattern(args);

		if (has_entry(entries, ret->count, name))
			continue;
		if (ret->count == IMAP_NOTES_MAX) {
			imap_args_fail(args, ERR_LIMIT);
			return;
		}
		entries[ret->count++] = (struct imap_note_entry){ name, is_wild(name) };
	} while (many && imap_args_take(args, ' '));
	if (many)
		imap_args_need(args, ')');
	ret->entries = entries;
}

struct imap_note_fetch *imap_args_note_fetch(struct imap_args *args)
{
	struct imap_note_fetch *ret = take(args, sizeof(*ret));
	bool many;

	if (ret == NULL)
		return NULL;
	*ret = (struct imap_note_fetch){ 0 };
	imap_args_need(args, ' ');
	imap_args_need(args, '(');
	read_entries(args, ret);
	imap_args_need(args, ' ');
	many = imap_args_take(args, '(');
	do {
		ret->attributes |= read_attribute(args);
	} while (many && imap_args_take(args, ' '));
	if (many)
		imap_args_need(args, ')');
	imap_args_need(args, ')');
	return args->err == ERR_OK ? ret : NULL;
}

struct imap_note_fetch *imap_note_fetch_copy(struct arena *a, const struct imap_note_fetch *from)
{
	struct imap_note_fetch *first = NULL, **next = &first;

	for (; from != NULL; from = from->next) {
		struct imap_note_fetch *copy = ARENA_NEW(a, struct imap_note_fetch);
		struct imap_note_entry *entries = ARENA_ARRAY(a, struct imap_note_entry, from->count + 1);

		*copy = *from;
		for (size_t i = 0; i < from->count; i++)
			entries[i] = (struct imap_note_entry){ arena_str(a, from->entries[i].name), from->entries[i].pattern };
		copy->entries = entries;
		*next = copy;
		next = &copy->next;
	}
	return first;
}
