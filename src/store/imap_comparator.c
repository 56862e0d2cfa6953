#include "store/imap_engine.h"

/* RFC 5255 section 4.7: COMPARATOR. */

static const struct str names[IMAP_COLLATION_COUNT] = {
	[IMAP_UNICODE_CASEMAP] = S_INIT("i;unicode-casemap"),
	[IMAP_ASCII_CASEMAP] = S_INIT("i;ascii-casemap"),
	[IMAP_OCTET] = S_INIT("i;octet"),
};

struct comparing {
	bool asked; /* there were arguments */
	bool matches[IMAP_COLLATION_COUNT];
	unsigned count;
	enum imap_collation first; /* of the first argument that matched */
};

/* RFC 4790 section 3.2: "*" is any number of characters; what is not a character of a name is wrong. */
static bool is_order(struct str s)
{
	for (size_t n = 0; n < s.len; n++) {
		if (!ascii_is_alpha(s.at[n]) && !ascii_is_digit(s.at[n]) &&
			!str_has_octet(S("*-;=."), s.at[n]))
			return false;
	}
	return s.len > 0 && s.len <= 254 && (ascii_is_alpha(s.at[0]) || s.at[0] == '*');
}

static void note(struct comparing *c, struct str order)
{
	bool named = str_ieq(order, S("default"));

	for (unsigned n = 0; n < IMAP_COLLATION_COUNT; n++) {
		if (named ? n != IMAP_UNICODE_CASEMAP : !str_ilike(names[n], order))
			continue;
		if (c->count == 0)
			c->first = (enum imap_collation)n;
		c->count += !c->matches[n];
		c->matches[n] = true;
	}
}

static void read_comparator(struct imap *i, struct imap_args *args)
{
	struct comparing *c = ARENA_NEW(&i->arena, struct comparing);

	i->state = c;
	while (imap_arg_more(args) && args->err == ERR_OK) {
		struct str order = imap_arg_astring(args);

		c->asked = true;
		/* Ascending is how all of them order. */
		if (str_starts(order, S("+")))
			order = str_skip(order, 1);
		if (!is_order(order) && !str_starts(order, S("-")))
			imap_args_fail(args, ERR_SYNTAX);
		note(c, order);
	}
}

static void put_comparator(struct imap *i, const struct comparing *c)
{
	struct buf *to = imap_out(i);
	const char *before = " (";

	buf_put(to, S("* COMPARATOR "));
	imap_put_astring(to, names[i->collation], false);
	for (unsigned n = 0; n < IMAP_COLLATION_COUNT && c->count > 1; n++) {
		if (!c->matches[n])
			continue;
		buf_put_c(to, before);
		imap_put_astring(to, names[n], false);
		before = " ";
	}
	buf_put(to, c->count > 1 ? S(")\r\n") : S("\r\n"));
}

static enum step run_comparator(struct imap *i)
{
	const struct comparing *c = i->state;

	if (c->asked && c->count == 0)
		return imap_engine_over(i, ERR_UNSUPPORTED, "BADCOMPARATOR", S("no such comparator"));
	if (c->asked)
		i->collation = c->first;
	put_comparator(i, c);
	return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
}

const struct imap_handler imap_comparator_handler = { read_comparator, run_comparator, NULL };
