#include "store/imap_fetch_part.h"

#include "base/log.h"
#include "store/imap_fetch_line.h"

#define KEPT_OCTETS_MAX ((size_t)128 << 10) /* of what is decoded: more is decoded twice */
#define LAZY_MAX        1000u /* previews that one FETCH makes with LAZY: more would be undue delay (RFC 8970 4.1) */

void imap_fetch_part_end(struct fetch *c)
{
	if (c->counting || c->decoding)
		imap_binary_done(&c->binary);
	c->sending = c->counting = c->decoding = false;
	buf_done(&c->source.text);
}

/* The second round gives what the first one counted, unless it cannot be read any more. */
static enum err decode_piece(struct fetch *c, struct buf *to)
{
	enum err e = imap_binary_ended(&c->binary) ? ERR_UNREADABLE : imap_binary_step(&c->binary, to);

	if (e == ERR_OK)
		c->sent = c->binary.in_range;
	return e;
}

static enum err put_piece(struct imap *i)
{
	struct fetch *c = i->state;
	struct buf *to = imap_out(i);
	uint64_t left = c->source.octets - c->sent;
	size_t before = to->len;
	enum err e;

	if (left > IMAP_PIECE_OCTETS)
		left = IMAP_PIECE_OCTETS;
	if (left == 0)
		return ERR_OK;
	if (c->decoding)
		return decode_piece(c, to);
	if (c->source.made) {
		buf_put(to, str_sub(buf_str(&c->source.text),
				    (size_t)(c->source.at + c->sent), (size_t)left));
		c->sent += left;
		return ERR_OK;
	}
	e = message_read(view_mailbox(i->view), &c->item, c->source.at + c->sent, left, to);
	if (e == ERR_OK && to->len - before < left)
		e = ERR_UNREADABLE;
	if (e == ERR_OK)
		c->sent += left;
	else
		to->len = before;
	return e;
}

static enum step send_piece(struct imap *i)
{
	struct fetch *c = i->state;
	enum err e;

	if (c->sent == c->source.octets) {
		imap_fetch_part_end(c);
		return STEP_AGAIN;
	}
	e = put_piece(i);
	if (e == ERR_OK)
		return STEP_AGAIN;
	/* The octets were promised and cannot be had: only the end of the connection says so. */
	log_put(LOG_session_dropped, LOG_S("account", i->s->account), LOG_S("client", i->s->client),
		LOG_C("why", err_name(e)), LOG_U("uid", c->item.uid), LOG_END);
	return STEP_DONE;
}

static void put_nil(struct imap *i, enum err e)
{
	struct fetch *c = i->state;

	buf_put(imap_out(i), S(" NIL"));
	if (e != ERR_OK)
		imap_fetch_failed(c, e);
}

/* The same, as text to be sent piece by piece. */
static void open_made(struct imap *i, size_t n)
{
	struct fetch *c = i->state;
	struct buf *text = &c->source.text;

	buf_clear(text);
	c->source.nil = false;
	c->source.made = true;
	imap_fetch_put_made(i, n, text);
	if (buf_overflowed(text)) {
		buf_put(imap_out(i), imap_fetch_made[n].name);
		put_nil(i, ERR_UNREADABLE);
		return;
	}
	c->source.at = 0;
	c->source.octets = text->len;
	c->sending = true;
}

static void open_section(struct imap *i, const struct imap_section *section)
{
	struct fetch *c = i->state;
	enum err e = imap_section_find(view_mailbox(i->view), &c->item, &c->record, section, &c->source);

	struct buf *to = imap_out(i);
	size_t before;

	imap_fetch_put_section(to, section);
	c->sent = 0;
	if (e != ERR_OK || c->source.nil) {
		put_nil(i, e);
		return;
	}
	before = to->len;
	buf_put_octet(to, ' ');
	imap_put_literal_size(to, c->source.octets);
	e = put_piece(i);
	if (e == ERR_OK) {
		c->sending = c->sent < c->source.octets;
		if (!c->sending)
			imap_fetch_part_end(c);
		return;
	}
	/* The size was a promise; it has not gone out yet. */
	to->len = before;
	put_nil(i, e);
}

/* ---- BINARY ---- */

/* What is the same with and without its encoding. */
static void open_plain_binary(struct imap *i, const struct imap_section *section, uint64_t octets)
{
	imap_fetch_blank(i);
	if (section->name == IMAP_NAME_BINARY) {
		open_section(i, section);
		return;
	}
	imap_fetch_put_section(imap_out(i), section);
	buf_put_octet(imap_out(i), ' ');
	buf_put_u64(imap_out(i), octets);
}

/* What cannot be decoded is left out, and the command fails (RFC 3516 section 4.3). */
static void open_binary(struct imap *i, const struct imap_section *section)
{
	struct fetch *c = i->state;
	bool size = section->name == IMAP_NAME_BINARY_SIZE;
	struct record_part p;

	c->section = section;
	if (!imap_section_part(&c->record, section, &p)) {
		imap_fetch_blank(i);
		imap_fetch_put_section(imap_out(i), section);
		buf_put(imap_out(i), size ? S(" 0") : S(" NIL"));
		return;
	}
	if (section->parts_count > 0 && (p.flags & RECORD_PART_ENCODING_BAD)) {
		imap_fetch_failed(c, ERR_UNKNOWNCTE);
		return;
	}
	if (!imap_binary_is_needed(&c->record, section, &p)) {
		open_plain_binary(i, section, section->parts_count > 0 ? p.body_octets : c->item.octets);
		return;
	}
	imap_binary_open(&c->binary, view_mailbox(i->view), &c->item, &c->record, &p);
	if (section->parts_count == 0)
		imap_binary_whole(&c->binary);
	imap_binary_range(&c->binary, section);
	if (i->binary != NULL)
		imap_binary_resume(&c->binary, i->binary);
	buf_clear(&c->source.text);
	c->counting = c->source.made = true;
}

/* All of it is there, and may be sent as what was made, or is decoded again as it is sent. */
static void begin_binary(struct imap *i)
{
	struct fetch *c = i->state;
	struct buf *to = imap_out(i);
	uint64_t octets = c->binary.in_range;

	imap_fetch_blank(i);
	imap_fetch_put_section(to, c->section);
	buf_put_octet(to, ' ');
	if (i->binary == NULL)
		i->binary = ARENA_NEW(&i->s->arena, struct imap_binary_mark);
	imap_binary_leave(&c->binary, i->binary);
	c->counting = false;
	c->decoding = !c->source.made;
	if (c->source.made)
		imap_binary_done(&c->binary);
	if (c->section->name == IMAP_NAME_BINARY_SIZE) {
		buf_put_u64(to, octets);
		imap_fetch_part_end(c);
		return;
	}
	if (c->binary.has_nul)
		buf_put_octet(to, '~');
	imap_put_literal_size(to, octets);
	if (c->decoding)
		imap_binary_again(&c->binary);
	c->source.at = 0;
	c->source.octets = octets;
	c->sent = 0;
	c->sending = true;
}

/* The first round: how many octets are there, and is a NUL among them? What is short is kept. */
static enum step count_piece(struct imap *i)
{
	struct fetch *c = i->state;
	bool keep = c->source.made && c->section->name == IMAP_NAME_BINARY;
	enum err e;

	if (imap_binary_ended(&c->binary)) {
		begin_binary(i);
		return STEP_AGAIN;
	}
	e = imap_binary_step(&c->binary, keep ? &c->source.text : NULL);
	if (e != ERR_OK) {
		imap_fetch_part_end(c);
		imap_fetch_failed(c, e);
	} else if (c->source.text.len > KEPT_OCTETS_MAX) {
		buf_done(&c->source.text);
		c->source.made = false;
	}
	return STEP_AGAIN;
}

/* ---- PREVIEW ---- */

static void open_preview(struct imap *i)
{
	struct fetch *c = i->state;

	if (c->args.lazy && c->previews == LAZY_MAX) {
		imap_fetch_blank(i);
		buf_put(imap_out(i), S("PREVIEW NIL"));
		return;
	}
	c->previews++;
	if (c->preview == NULL)
		c->preview = imap_preview_new();
	imap_preview_begin(c->preview, view_mailbox(i->view), &c->item, &c->record);
	c->previewing = true;
}

/* A message of which nothing can be shown has an empty one (RFC 8970 section 3.2). */
static enum step preview_piece(struct imap *i)
{
	struct fetch *c = i->state;
	struct str text;

	if (!imap_preview_step(c->preview, &text))
		return STEP_AGAIN;
	imap_fetch_blank(i);
	buf_put(imap_out(i), S("PREVIEW "));
	imap_put_string(imap_out(i), text, imap_utf8(i));
	c->previewing = false;
	return STEP_AGAIN;
}

/* ---- one after the other ---- */

static void next_section(struct imap *i, const struct imap_section *section)
{
	if (section->name == IMAP_NAME_BINARY || section->name == IMAP_NAME_BINARY_SIZE) {
		open_binary(i, section);
		return;
	}
	imap_fetch_blank(i);
	open_section(i, section);
}

bool imap_fetch_part_next(struct imap *i)
{
	struct fetch *c = i->state;
	size_t n = c->part++;

	c->sent = 0;
	if (n < IMAP_FETCH_MADE) {
		if (c->args.items & imap_fetch_made[n].item) {
			imap_fetch_blank(i);
			open_made(i, n);
		}
		return true;
	}
	n -= IMAP_FETCH_MADE;
	if (n < c->args.sections_count)
		next_section(i, &c->args.sections[n]);
	else if (n == c->args.sections_count && (c->args.items & IMAP_FETCH_PREVIEW))
		open_preview(i);
	else
		return false;
	return true;
}

bool imap_fetch_part_runs(const struct fetch *c)
{
	return c->sending || c->counting || c->previewing;
}

enum step imap_fetch_part_step(struct imap *i)
{
	const struct fetch *c = i->state;

	if (c->sending)
		return send_piece(i);
	return c->counting ? count_piece(i) : preview_piece(i);
}
