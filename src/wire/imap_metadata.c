#include "wire/imap_metadata.h"

#include "wire/imap_write.h"

#define SHARED  S("/shared")
#define PRIVATE S("/private")

/* ---- entries ---- */

/* What stands behind /shared or /private; at NULL: it begins with neither. */
static struct str behind_scope(struct str entry)
{
	struct str scope = str_istarts(entry, SHARED) ? SHARED : PRIVATE;
	struct str rest = str_skip(entry, scope.len);

	if (!str_istarts(entry, scope) || (rest.len > 0 && rest.at[0] != '/'))
		return STR_NONE;
	return str_make(entry.at + scope.len, rest.len);
}

/* RFC 5464 section 3.2. */
static bool is_entry(struct str entry)
{
	for (size_t i = 0; i < entry.len; i++) {
		unsigned char c = (unsigned char)entry.at[i];

		if (c < 0x20 || c >= 0x7f || c == '*' || c == '%')
			return false;
		if (c == '/' && (i + 1 == entry.len || entry.at[i + 1] == '/'))
			return false;
	}
	return behind_scope(entry).at != NULL;
}

bool imap_entry_has_value(struct str entry)
{
	struct str rest = behind_scope(entry), part;
	size_t parts = 0;
	bool vendor;

	if (rest.len < 2)
		return false;
	rest = str_skip(rest, 1);
	vendor = str_ieq(rest, S("vendor")) || str_istarts(rest, S("vendor/"));
	while (str_cut(&rest, '/', &part))
		parts++;
	return !vendor || parts >= 2;
}

bool imap_entry_within(struct str entry, struct str above, enum imap_depth depth)
{
	struct str rest = str_skip(entry, above.len);

	if (!str_istarts(entry, above))
		return false;
	if (rest.len == 0)
		return true;
	if (depth == IMAP_DEPTH_0 || rest.at[0] != '/')
		return false;
	return depth == IMAP_DEPTH_INFINITY || !str_has_octet(str_skip(rest, 1), '/');
}

static struct str one_entry(struct imap_args *args, struct imap_entries *ret)
{
	struct str name = imap_args_astring(args);

	if (args->err != ERR_OK)
		return STR_NONE;
	if (!is_entry(name))
		imap_args_fail(args, ERR_SYNTAX);
	else if (name.len > IMAP_ENTRY_OCTETS_MAX || ret->count == IMAP_ENTRIES_MAX)
		imap_args_fail(args, ERR_LIMIT);
	else
		ret->names[ret->count++] = name;
	return name;
}

void imap_args_entries(struct imap_args *args, struct imap_entries *ret)
{
	if (!imap_args_take(args, '(')) {
		one_entry(args, ret);
		return;
	}
	do {
		one_entry(args, ret);
	} while (imap_args_take(args, ' '));
	imap_args_need(args, ')');
}

/* ---- GETMETADATA ---- */

static enum imap_depth read_depth(struct imap_args *args)
{
	struct str word = imap_args_word(args);

	if (str_ieq(word, S("infinity")))
		return IMAP_DEPTH_INFINITY;
	if (str_eq(word, S("1")))
		return IMAP_DEPTH_1;
	if (!str_eq(word, S("0")))
		imap_args_fail(args, ERR_SYNTAX);
	return IMAP_DEPTH_0;
}

static void one_option(struct imap_args *args, struct imap_getmetadata *ret)
{
	struct str word = imap_args_word(args);

	imap_args_need(args, ' ');
	if (str_ieq(word, S("DEPTH"))) {
		ret->depth = read_depth(args);
	} else if (str_ieq(word, S("MAXSIZE"))) {
		ret->has_maxsize = true;
		ret->maxsize = imap_args_number(args);
	} else {
		imap_args_fail(args, ERR_SYNTAX);
	}
}

/* In brackets. */
static void read_options(struct imap_args *args, struct imap_getmetadata *ret)
{
	imap_args_need(args, ' ');
	imap_args_need(args, '(');
	do {
		one_option(args, ret);
	} while (imap_args_take(args, ' '));
	imap_args_need(args, ')');
}

/* Options begin with a letter, entries never. */
static bool at_options(const struct imap_args *args)
{
	return args->rest.len > 2 && args->rest.at[1] == '(' && ascii_is_alpha(args->rest.at[2]);
}

void imap_arg_getmetadata(struct imap_args *args, struct imap_getmetadata *ret)
{
	*ret = (struct imap_getmetadata){ .depth = IMAP_DEPTH_0 };
	if (at_options(args))
		read_options(args, ret);
	ret->mailbox = imap_arg_mailbox(args);
	if (at_options(args))
		read_options(args, ret);
	imap_args_need(args, ' ');
	imap_args_entries(args, &ret->entries);
}

/* ---- SETMETADATA ---- */

static void one_value(struct imap_args *args, struct imap_setmetadata *ret)
{
	size_t n = ret->entries.count;
	struct str entry = one_entry(args, &ret->entries);

	if (args->err == ERR_OK && !imap_entry_has_value(entry))
		imap_args_fail(args, ERR_SYNTAX);
	imap_args_need(args, ' ');
	if (args->err == ERR_OK)
		ret->values[n] = imap_args_value(args);
}

void imap_arg_setmetadata(struct imap_args *args, struct imap_setmetadata *ret)
{
	ret->entries.count = 0;
	ret->mailbox = imap_arg_mailbox(args);
	imap_args_need(args, ' ');
	imap_args_need(args, '(');
	do {
		one_value(args, ret);
	} while (imap_args_take(args, ' '));
	imap_args_need(args, ')');
}

void imap_put_value(struct buf *to, struct str value)
{
	if (value.at != NULL && str_has_octet(value, '\0'))
		buf_put_octet(to, '~');
	if (value.at != NULL && str_has_octet(value, '\0'))
		imap_put_literal(to, value);
	else
		imap_put_nstring(to, value, false);
}
