#include "wire/imap_list.h"

struct option {
	struct str name;
	unsigned select, returns;
	/* What stands behind the name, its blank taken; NULL: nothing. */
	void (*arguments)(struct imap_args *args, struct imap_list *ret);
};

/* RFC 5819 section 4. Given twice, it asks for all of both. */
static void read_status(struct imap_args *args, struct imap_list *ret)
{
	ret->status |= imap_args_status(args);
}

/* RFC 9590 section 5. */
static void read_metadata(struct imap_args *args, struct imap_list *ret)
{
	imap_args_entries(args, &ret->metadata);
}

static const struct option select_options[] = {
	{ S_INIT("SUBSCRIBED"), IMAP_LIST_SUBSCRIBED, IMAP_LIST_RETURN_SUBSCRIBED, NULL },
	{ S_INIT("REMOTE"), IMAP_LIST_REMOTE, 0, NULL },
	{ S_INIT("RECURSIVEMATCH"), IMAP_LIST_RECURSIVEMATCH, 0, NULL },
	{ S_INIT("SPECIAL-USE"), IMAP_LIST_SPECIAL_USE, IMAP_LIST_RETURN_SPECIAL_USE, NULL },
	{ .name = S_INIT("") },
};

static const struct option return_options[] = {
	{ S_INIT("SUBSCRIBED"), 0, IMAP_LIST_RETURN_SUBSCRIBED, NULL },
	{ S_INIT("CHILDREN"), 0, IMAP_LIST_RETURN_CHILDREN, NULL },
	{ S_INIT("SPECIAL-USE"), 0, IMAP_LIST_RETURN_SPECIAL_USE, NULL },
	{ S_INIT("STATUS"), 0, IMAP_LIST_RETURN_STATUS, read_status },
	{ S_INIT("METADATA"), 0, IMAP_LIST_RETURN_METADATA, read_metadata },
	{ S_INIT("MYRIGHTS"), 0, IMAP_LIST_RETURN_MYRIGHTS, NULL },
	{ .name = S_INIT("") },
};

/* The options end with one without a name. */
static void one_option(struct imap_args *args, const struct option *options, struct imap_list *ret)
{
	struct str word = imap_args_word(args);

	while (options->name.len > 0 && !str_ieq(word, options->name))
		options++;
	if (options->name.len == 0)
		imap_args_fail(args, ERR_SYNTAX);
	ret->select |= options->select;
	ret->returns |= options->returns;
	if (options->arguments == NULL)
		return;
	imap_args_need(args, ' ');
	options->arguments(args, ret);
}

/* In brackets, or nothing in them. */
static void read_options(
	struct imap_args *args, const struct option *options, struct imap_list *ret)
{
	imap_args_need(args, ' ');
	imap_args_need(args, '(');
	ret->extended = true;
	if (imap_args_take(args, ')'))
		return;
	do {
		one_option(args, options, ret);
	} while (imap_args_take(args, ' '));
	imap_args_need(args, ')');
}

static void one_pattern(struct imap_args *args, struct imap_list *ret)
{
	struct str pattern = imap_args_pattern(args);

	if (args->err != ERR_OK)
		return;
	if (ret->patterns_count == IMAP_PATTERNS_MAX)
		imap_args_fail(args, ERR_LIMIT);
	else
		ret->patterns[ret->patterns_count++] = pattern;
}

static void read_patterns(struct imap_args *args, struct imap_list *ret)
{
	imap_args_need(args, ' ');
	if (!imap_args_take(args, '(')) {
		one_pattern(args, ret);
		return;
	}
	ret->extended = true;
	do {
		one_pattern(args, ret);
	} while (imap_args_take(args, ' '));
	imap_args_need(args, ')');
}

void imap_arg_list(struct imap_args *args, struct imap_list *ret)
{
	*ret = (struct imap_list){ 0 };
	if (imap_arg_peek(args) == '(')
		read_options(args, select_options, ret);
	if ((ret->select & IMAP_LIST_RECURSIVEMATCH) && !(ret->select & IMAP_LIST_SUBSCRIBED))
		imap_args_fail(args, ERR_SYNTAX);
	ret->reference = imap_arg_mailbox(args);
	read_patterns(args, ret);
	if (!imap_arg_more(args))
		return;
	if (!str_ieq(imap_arg_atom(args), S("RETURN")))
		imap_args_fail(args, ERR_SYNTAX);
	read_options(args, return_options, ret);
}
