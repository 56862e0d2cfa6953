#include "wire/imap_use.h"

static const struct {
	struct str name;
	unsigned use;
} rows[] = {
	{ S_INIT("\\Drafts"), IMAP_USE_DRAFTS },
	{ S_INIT("\\Sent"), IMAP_USE_SENT },
	{ S_INIT("\\Trash"), IMAP_USE_TRASH },
	{ S_INIT("\\Junk"), IMAP_USE_JUNK },
	{ S_INIT("\\Archive"), IMAP_USE_ARCHIVE },
};

static unsigned use_of(struct str name)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (str_ieq(name, rows[i].name))
			return rows[i].use;
	}
	return 0;
}

static void one_use(struct imap_args *args, struct imap_create *ret)
{
	struct str rest = args->rest, name;
	unsigned use;

	imap_args_need(args, '\\');
	name = imap_args_atom(args);
	if (args->err != ERR_OK)
		return;
	use = use_of(str_sub(rest, 0, name.len + 1));
	ret->uses |= use;
	ret->unknown = ret->unknown || use == 0;
}

static void read_uses(struct imap_args *args, struct imap_create *ret)
{
	imap_args_need(args, ' ');
	imap_args_need(args, '(');
	if (imap_args_take(args, ')'))
		return;
	do {
		one_use(args, ret);
	} while (imap_args_take(args, ' '));
	imap_args_need(args, ')');
}

void imap_arg_create(struct imap_args *args, struct imap_create *ret)
{
	*ret = (struct imap_create){ .mailbox = imap_arg_mailbox(args) };
	if (!imap_arg_more(args))
		return;
	imap_args_need(args, ' ');
	imap_args_need(args, '(');
	do {
		if (!str_ieq(imap_args_word(args), S("USE")))
			imap_args_fail(args, ERR_SYNTAX);
		read_uses(args, ret);
	} while (imap_args_take(args, ' '));
	imap_args_need(args, ')');
}

bool imap_uses_get(struct str text, unsigned *ret)
{
	unsigned uses = 0;
	bool more = text.len > 0;

	while (more) {
		struct str rest = text, word;
		unsigned use;

		more = str_cut(&rest, ' ', &word);
		use = use_of(more ? word : text);
		if (use == 0)
			return false;
		uses |= use;
		text = rest;
	}
	*ret = uses;
	return true;
}

void imap_put_uses(struct buf *to, unsigned uses)
{
	bool first = true;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if ((uses & rows[i].use) == 0)
			continue;
		if (!first)
			buf_put_octet(to, ' ');
		buf_put(to, rows[i].name);
		first = false;
	}
}
