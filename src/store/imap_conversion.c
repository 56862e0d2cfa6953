#include "store/imap_conversion.h"

#include "base/mem.h"

struct imap_conversions {
	struct imap_conversion kept[IMAP_CONVERSIONS_KEPT];
	uint64_t uses;
};

struct imap_conversions *imap_conversions_new(void)
{
	return MEM_NEW(struct imap_conversions);
}

/* What was made of it is gone. */
static void stop(struct imap_conversion *c)
{
	if (c->running && c->wish.how->what == CONVERSION_RECODES)
		recode_done(&c->recode);
	imap_binary_done(&c->binary);
	buf_done(&c->out);
	buf_done(&c->piece);
	c->running = c->ended = false;
	c->out_at = 0;
}

void imap_conversions_free(struct imap_conversions *c)
{
	for (unsigned n = 0; c != NULL && n < IMAP_CONVERSIONS_KEPT; n++) {
		if (c->kept[n].used > 0)
			stop(&c->kept[n]);
	}
	mem_free(c);
}

void imap_conversions_rest(struct imap_conversions *all)
{
	for (unsigned n = 0; all != NULL && n < IMAP_CONVERSIONS_KEPT; n++) {
		struct imap_conversion *c = &all->kept[n];

		if (c->used == 0)
			continue;
		imap_binary_done(&c->binary);
		buf_done(&c->piece);
		if (c->running && c->wish.how->what == CONVERSION_RECODES)
			buf_done(&c->recode.utf8);
		if (c->out.len > IMAP_CONVERSION_AHEAD_OCTETS)
			stop(c);
	}
}

static bool is_same(const struct imap_conversion *c, const struct imap_conversion_source *source,
	const struct imap_conversion_wish *wish)
{
	return c->used > 0 && c->mailbox == mailbox_id(source->mailbox) && c->email == source->item->email &&
	       c->header_at == source->part->header_at && c->body_at == source->part->body_at && c->wish.how == wish->how && str_eq(c->wish.charset, wish->charset) &&
	       (c->wish.replacement.at == NULL) == (wish->replacement.at == NULL) &&
	       str_eq(c->wish.replacement, wish->replacement);
}

static struct imap_conversion *oldest(struct imap_conversions *all)
{
	struct imap_conversion *found = &all->kept[0];

	for (unsigned n = 1; n < IMAP_CONVERSIONS_KEPT; n++) {
		if (all->kept[n].used < found->used)
			found = &all->kept[n];
	}
	if (found->used > 0)
		stop(found);
	return found;
}

struct imap_conversion *imap_conversions_get(
	struct imap_conversions *all, const struct imap_conversion_source *source, const struct imap_conversion_wish *wish)
{
	const struct record_part *part = source->part;
	struct str from = record_param_value(source->record, part->params, S("charset"));
	struct imap_conversion *c;

	all->uses++;
	for (unsigned n = 0; n < IMAP_CONVERSIONS_KEPT; n++) {
		c = &all->kept[n];
		if (is_same(c, source, wish)) {
			c->used = all->uses;
			c->binary.mailbox = source->mailbox;
			return c;
		}
	}
	c = oldest(all);
	*c = (struct imap_conversion){ .mailbox = mailbox_id(source->mailbox), .email = source->item->email,
		.header_at = part->header_at, .body_at = part->body_at, .wish = *wish, .used = all->uses };
	if (wish->replacement.len > 0)
		memcpy(c->replacement, wish->replacement.at, wish->replacement.len);
	if (wish->replacement.at != NULL)
		c->wish.replacement.at = c->replacement;
	/* A longer name is none that is known, and stays one when it is cut. */
	c->from_len = from.len < sizeof(c->from) ? from.len : sizeof(c->from);
	if (c->from_len > 0)
		memcpy(c->from, from.at, c->from_len);
	imap_binary_open(&c->binary, source->mailbox, source->item, source->record, part);
	buf_init(&c->out, BUF_NO_CEILING);
	buf_init(&c->piece, BUF_NO_CEILING);
	return c;
}

/* From the beginning. */
static void start(struct imap_conversion *c)
{
	imap_binary_again(&c->binary);
	buf_clear(&c->out);
	c->out_at = 0;
	c->ended = false;
	c->result = RECODE_OK;
	if (c->wish.how->what == CONVERSION_RECODES)
		c->result = recode_open(&c->recode, str_make(c->from, c->from_len), c->wish.charset, c->wish.replacement);
	c->running = c->result == RECODE_OK;
	c->ended = !c->running;
}

/* The next piece at the end of out. */
static enum err step(struct imap_conversion *c)
{
	enum err e = ERR_OK;
	bool last;

	buf_clear(&c->piece);
	if (!imap_binary_ended(&c->binary))
		e = imap_binary_step(&c->binary, &c->piece);
	if (e != ERR_OK)
		return e;
	last = imap_binary_ended(&c->binary);
	if (c->wish.how->what == CONVERSION_RECODES)
		c->result = recode_more(&c->recode, buf_str(&c->piece), last, &c->out);
	else
		buf_put(&c->out, buf_str(&c->piece));
	c->ended = last || c->result != RECODE_OK;
	return ERR_OK;
}

static void drop_made(struct imap_conversion *c)
{
	c->out_at += c->out.len;
	buf_clear(&c->out);
}

enum err imap_conversion_measure(struct imap_conversion *c)
{
	size_t before;
	enum err e;

	must(!c->measured);
	if (!c->running) {
		c->shape = (struct recode_shape){ 0 };
		start(c);
	}
	if (!c->ended && c->out.len > IMAP_CONVERSION_KEPT_OCTETS)
		drop_made(c);
	before = c->out.len;
	e = c->ended ? ERR_OK : step(c);
	if (e != ERR_OK) {
		stop(c);
		return e;
	}
	recode_look(&c->shape, str_skip(buf_str(&c->out), before));
	c->measured = c->ended;
	if (c->measured && c->result != RECODE_OK)
		stop(c);
	return ERR_OK;
}

enum err imap_conversion_read(
	struct imap_conversion *c, uint64_t at, size_t most, struct buf *to, size_t *ret_octets)
{
	struct str ready;
	enum err e = ERR_OK;

	must(c->measured && c->result == RECODE_OK);
	*ret_octets = 0;
	if (!c->running || at < c->out_at) {
		stop(c);
		start(c);
	}
	if (at >= c->out_at + c->out.len) {
		drop_made(c);
		e = c->ended ? ERR_UNREADABLE : step(c);
	}
	if (e == ERR_OK && c->result != RECODE_OK)
		e = ERR_UNREADABLE;
	if (e != ERR_OK)
		return e;
	if (at >= c->out_at + c->out.len)
		return ERR_OK;
	ready = str_sub(buf_str(&c->out), (size_t)(at - c->out_at), most);
	buf_put(to, ready);
	*ret_octets = ready.len;
	return ERR_OK;
}
