#include "wire/imap_convert.h"

#include "mail/conversion.h"

struct item_row {
	struct str word;
	enum imap_section_name name;
};

static const struct item_row item_rows[] = {
	{ S_INIT("BINARY"), IMAP_NAME_BINARY },
	{ S_INIT("BINARY.SIZE"), IMAP_NAME_BINARY_SIZE },
	{ S_INIT("BODYPARTSTRUCTURE"), IMAP_NAME_BODYPARTSTRUCTURE },
	{ S_INIT("AVAILABLECONVERSIONS"), IMAP_NAME_AVAILABLECONVERSIONS },
	{ S_INIT("BODY"), IMAP_NAME_BODY },
};
#define ITEM_ROWS (sizeof(item_rows) / sizeof(*item_rows))

struct str imap_arg_mime_pattern(struct imap_args *args)
{
	struct str type = imap_arg_astring(args);

	if (!conversion_is_pattern(type))
		imap_args_fail(args, ERR_SYNTAX);
	return type;
}

static struct str read_text(struct imap_args *args)
{
	struct str s = imap_args_astring(args);

	if (s.len > IMAP_CONVERT_PARAM_OCTETS_MAX)
		imap_args_fail(args, ERR_LIMIT);
	return s;
}

/* ("charset" "utf-8" ...), behind its blank. */
static void read_params(struct imap_args *args, struct imap_convert *ret)
{
	imap_args_need(args, '(');
	do {
		struct imap_convert_param *p = &ret->params[ret->params_count];

		if (ret->params_count == IMAP_CONVERT_PARAMS_MAX) {
			imap_args_fail(args, ERR_LIMIT);
			return;
		}
		p->name = read_text(args);
		if (p->name.len == 0)
			imap_args_fail(args, ERR_SYNTAX);
		imap_args_need(args, ' ');
		p->value = read_text(args);
		ret->params_count++;
	} while (imap_args_take(args, ' '));
	imap_args_need(args, ')');
}

/* ("text/plain" (...)) or (NIL (...)) */
static void read_target(struct imap_args *args, struct imap_convert *ret)
{
	bool quoted = args->rest.len > 1 && (args->rest.at[1] == '"' || args->rest.at[1] == '{');

	imap_args_need(args, '(');
	ret->type = imap_args_astring(args);
	if (!quoted && str_ieq(ret->type, S("NIL")))
		ret->type = STR_NONE;
	else if (!conversion_is_type(ret->type))
		imap_args_fail(args, ERR_SYNTAX);
	if (imap_args_take(args, ' '))
		read_params(args, ret);
	imap_args_need(args, ')');
}

static void read_item(struct imap_args *args, struct imap_convert *ret, struct imap_section *to)
{
	struct str word = imap_args_word(args);
	const struct item_row *row = item_rows, *end = item_rows + ITEM_ROWS;
	bool header;

	if (str_ieq(word, S("UID"))) {
		ret->uid = true;
		return;
	}
	while (row < end && !str_ieq(word, row->word))
		row++;
	if (row == end) {
		imap_args_fail(args, ERR_SYNTAX);
		return;
	}
	*to = (struct imap_section){ .name = row->name, .peek = true };
	imap_args_need(args, '[');
	imap_args_section(args, to);
	if (to->name == IMAP_NAME_BINARY)
		imap_args_partial(args, to);
	header = to->what == IMAP_SECTION_HEADER || to->what == IMAP_SECTION_MIME;
	if (to->name == IMAP_NAME_BODY ? !header || ret->type.at != NULL : to->what != IMAP_SECTION_ALL)
		imap_args_fail(args, ERR_SYNTAX);
	ret->items_count++;
}

/* At most so many items stand in it. */
static size_t count_items(struct str rest)
{
	size_t n = 1;

	for (size_t i = 0; i < rest.len && n < IMAP_SECTIONS_MAX; i++)
		n += rest.at[i] == ' ';
	return n;
}

void imap_arg_convert(struct imap_args *args, struct imap_convert *ret)
{
	struct imap_section *items;
	size_t room;
	bool many;

	*ret = (struct imap_convert){ 0 };
	imap_args_need(args, ' ');
	read_target(args, ret);
	imap_args_need(args, ' ');
	many = imap_args_take(args, '(');
	room = count_items(args->rest);
	items = arena_try(args->arena, room * sizeof(*items));
	if (items == NULL) {
		imap_args_fail(args, ERR_LIMIT);
		return;
	}
	do {
		if (ret->items_count == room) {
			imap_args_fail(args, ERR_LIMIT);
			return;
		}
		read_item(args, ret, &items[ret->items_count]);
	} while (many && args->err == ERR_OK && imap_args_take(args, ' '));
	if (many)
		imap_args_need(args, ')');
	ret->items = items;
}
