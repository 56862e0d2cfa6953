#include "wire/imap_folders.h"

#include "wire/imap_search.h"

static const struct {
	struct str name;
	bool named;
} rows[] = {
	[IMAP_FOLDERS_SELECTED] = { S_INIT("selected"), false },
	[IMAP_FOLDERS_SELECTED_DELAYED] = { S_INIT("selected-delayed"), false },
	[IMAP_FOLDERS_INBOXES] = { S_INIT("inboxes"), false },
	[IMAP_FOLDERS_PERSONAL] = { S_INIT("personal"), false },
	[IMAP_FOLDERS_SUBSCRIBED] = { S_INIT("subscribed"), false },
	[IMAP_FOLDERS_SUBTREE] = { S_INIT("subtree"), true },
	[IMAP_FOLDERS_SUBTREE_ONE] = { S_INIT("subtree-one"), true },
	[IMAP_FOLDERS_MAILBOXES] = { S_INIT("mailboxes"), true },
};
#define ROWS (sizeof(rows) / sizeof(*rows))

/* One name, or several in brackets. Names are read with the blank in front of them. */
static void read_names(struct imap_args *args, struct imap_folders *ret)
{
	struct str *names = arena_try(args->arena, IMAP_FOLDERS_MAX * sizeof(*names));
	bool many = str_starts(args->rest, S(" ("));

	if (names == NULL) {
		imap_args_fail(args, ERR_LIMIT);
		return;
	}
	if (many)
		args->rest = str_skip(args->rest, 2);
	ret->names = names;
	do {
		if (ret->count == IMAP_FOLDERS_MAX) {
			imap_args_fail(args, ERR_LIMIT);
			return;
		}
		names[ret->count] = many && ret->count == 0 ? imap_args_mailbox(args)
							    : imap_arg_mailbox(args);
		ret->count++;
	} while (many && args->err == ERR_OK && !imap_args_take(args, ')'));
}

void imap_args_folders(struct imap_args *args, struct imap_folders *ret)
{
	struct str word = imap_args_word(args);
	size_t n = 0;

	*ret = (struct imap_folders){ 0 };
	while (n < ROWS && !str_ieq(word, rows[n].name))
		n++;
	if (n == ROWS) {
		imap_args_fail(args, ERR_SYNTAX);
		return;
	}
	ret->which = (enum imap_folders_which)n;
	if (rows[n].named)
		read_names(args, ret);
}

/* Scope options, in brackets behind the folders, have no names yet: none is known. */
static void read_sources(struct imap_args *args, struct imap_sources *ret)
{
	(void)imap_arg_atom(args);
	imap_args_need(args, ' ');
	imap_args_need(args, '(');
	do {
		if (ret->count == IMAP_SOURCES_MAX) {
			imap_args_fail(args, ERR_LIMIT);
			return;
		}
		imap_args_folders(args, &ret->of[ret->count]);
		if (ret->of[ret->count].which == IMAP_FOLDERS_SELECTED_DELAYED)
			imap_args_fail(args, ERR_SYNTAX);
		ret->count++;
	} while (imap_args_take(args, ' '));
	imap_args_need(args, ')');
}

void imap_arg_esearch(struct imap_args *args, struct imap_sources *ret, struct imap_search *ret_search)
{
	*ret = (struct imap_sources){ 0 };
	if (str_istarts(args->rest, S(" IN (")))
		read_sources(args, ret);
	imap_arg_search(args, ret_search);
	if (!ret_search->extended)
		ret_search->returns = IMAP_RETURN_ALL;
	ret_search->extended = true;
}
