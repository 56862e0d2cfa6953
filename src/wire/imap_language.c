#include "wire/imap_language.h"

#define RANGES_MAX 100u

static enum err find(struct str range, enum language preferred, enum language *ret)
{
	if (!str_ieq(range, S("default")))
		return language_find(range, ret);
	*ret = preferred;
	return ERR_OK;
}

void imap_arg_language(struct imap_args *args, enum language preferred, struct imap_language *ret)
{
	struct imap_language l = { .none = ERR_UNSUPPORTED, .chosen = preferred };
	bool any = false;

	for (unsigned n = 0; imap_arg_more(args); n++) {
		enum language one;
		enum err e = find(imap_arg_astring(args), preferred, &one);

		l.asked = true;
		if (e == ERR_SYNTAX || n == RANGES_MAX)
			imap_args_fail(args, e == ERR_SYNTAX ? e : ERR_LIMIT);
		any |= e == ERR_NEEDMORE;
		if (e != ERR_OK || l.none == ERR_OK)
			continue;
		l.none = ERR_OK;
		l.chosen = one;
	}
	if (any)
		l.none = ERR_OK;
	*ret = l;
}

void imap_put_language(struct buf *to, enum language l)
{
	buf_printf(to, "* LANGUAGE (%s)\r\n", language_row(l)->tag);
}

void imap_put_languages(struct buf *to)
{
	const char *before = "* LANGUAGE (";

	for (int l = 0; l < LANGUAGE_COUNT; l++) {
		buf_printf(to, "%s%s", before, language_row((enum language)l)->tag);
		before = " ";
	}
	buf_put_c(to, ")\r\n");
}
