#include "store/imap_found.h"

struct searching {
	const struct imap_search *args;
	size_t told;
};

/* RFC 4731 section 3.1: with the tag, since results of several commands may be under way. */
static void put_extended_head(
	struct imap *i, const struct searching *c, const uint32_t *seqs, size_t count)
{
	struct buf *to = imap_out(i);

	buf_put(to, S("* ESEARCH (TAG "));
	imap_put_string(to, i->command.tag, false);
	buf_put(to, i->command.uid ? S(") UID") : S(")"));
	if (c->args->returns & IMAP_RETURN_COUNT)
		buf_printf(to, " COUNT %zu", count);
	if (count > 0 && (c->args->returns & IMAP_RETURN_MIN))
		buf_printf(to, " MIN %u", imap_found_number(i, seqs[0]));
	if (count > 0 && (c->args->returns & IMAP_RETURN_MAX))
		buf_printf(to, " MAX %u", imap_found_number(i, seqs[count - 1]));
	i->mid_line = true;
}

static enum step put_extended(struct imap *i, void *state, const uint32_t *seqs, size_t count)
{
	struct searching *c = state;
	uint32_t numbers[IMAP_ROWS_STEP];
	size_t n = 0;

	if (!i->mid_line)
		put_extended_head(i, c, seqs, count);
	if ((c->args->returns & IMAP_RETURN_ALL) == 0)
		c->told = count;
	if (c->told < count)
		buf_put(imap_out(i), c->told == 0 ? S(" ALL ") : S(","));
	while (n < IMAP_ROWS_STEP && c->told < count)
		numbers[n++] = imap_found_number(i, seqs[c->told++]);
	imap_set_put_numbers(imap_out(i), numbers, n);
	if (c->told < count)
		return STEP_AGAIN;
	buf_put(imap_out(i), S("\r\n"));
	i->mid_line = false;
	return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
}

static void read_search(struct imap *i, struct imap_args *args)
{
	static const struct imap_after after = { put_extended, NULL };
	struct imap_search *search = imap_found_new(i, NULL, NULL);
	struct searching *c;

	imap_arg_search(args, search);
	if (!search->extended)
		return;
	c = ARENA_NEW(&i->arena, struct searching);
	c->args = search;
	imap_found_then(i, &after, c);
}

const struct imap_handler imap_search_handler = { read_search, imap_found_run, imap_found_free };
