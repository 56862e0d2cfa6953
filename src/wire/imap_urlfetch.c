#include "wire/imap_urlfetch.h"

static unsigned item_of(struct imap_args *args)
{
	static const struct {
		struct str name;
		enum imap_urlfetch_item item;
	} names[] = {
		{ S_INIT("BODY"), IMAP_URLFETCH_BODY },
		{ S_INIT("BINARY"), IMAP_URLFETCH_BINARY },
		{ S_INIT("BODYPARTSTRUCTURE"), IMAP_URLFETCH_STRUCTURE },
	};
	struct str name = imap_args_atom(args);

	for (size_t n = 0; n < sizeof(names) / sizeof(*names); n++) {
		if (str_ieq(name, names[n].name))
			return names[n].item;
	}
	if (name.len > 0)
		imap_args_fail(args, ERR_PARAMETER);
	return 0;
}

/* RFC 5524 section 3.1: none more than once for a URL, and not both ways to have the octets. */
static bool can_join(unsigned items, unsigned item)
{
	unsigned both = IMAP_URLFETCH_BODY | IMAP_URLFETCH_BINARY;

	return (items & item) == 0 && ((items | item) & both) != both;
}

static struct imap_urlfetch_url read_one(struct imap_args *args)
{
	struct imap_urlfetch_url one = { 0 };
	bool extended;

	imap_args_need(args, ' ');
	extended = imap_args_take(args, '(');
	one.url = imap_args_astring(args);
	while (extended && imap_args_take(args, ' ')) {
		unsigned item = item_of(args);

		if (!can_join(one.items, item))
			imap_args_fail(args, ERR_SYNTAX);
		one.items |= item;
	}
	if (extended)
		imap_args_need(args, ')');
	return one;
}

void imap_arg_urlfetch(struct imap_args *args, struct imap_urlfetch *ret)
{
	struct imap_urlfetch_url *all = arena_try(args->arena, IMAP_URLFETCH_MAX * sizeof(*all));

	*ret = (struct imap_urlfetch){ .of = all };
	if (all == NULL)
		imap_args_fail(args, ERR_LIMIT);
	do {
		if (ret->count == IMAP_URLFETCH_MAX)
			imap_args_fail(args, ERR_LIMIT);
		if (args->err != ERR_OK)
			return;
		all[ret->count++] = read_one(args);
	} while (imap_arg_more(args));
}
