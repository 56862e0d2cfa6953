#include "store/imap_convert.h"

#include "base/log.h"
#include "mail/header_recode.h"
#include "store/imap_conversion.h"
#include "store/imap_convert_error.h"
#include "store/imap_limit.h"
#include "store/imap_progress.h"
#include "store/imap_section.h"
#include "wire/imap_record.h"

#define PARTS_MAX         100u                /* items in one command (RFC 5259 section 8.5) */
#define HEADER_STEP       ((size_t)32 << 10)  /* of a header, converted in one step */
#define HEADER_OCTETS_MAX ((size_t)8 << 20)   /* what it may become */
#define HEADER_TYPE       S("text/rfc822-headers") /* RFC 6522 section 4 */

enum doing { NOTHING, MEASURING, SENDING, HEADING };

struct convert {
	struct imap_set set;
	struct imap_convert args;
	struct imap_walk walk;
	bool begun, converted, failed, lasting; /* lasting: some failure will be one again */
	enum err worst;                         /* of messages that could not be had */
	uint64_t told;

	/* The message in hand. */
	bool in_message, blank;
	struct item item;
	struct arena arena;
	struct record record;
	size_t next; /* of the items */

	/* The item in hand. */
	enum doing doing;
	const struct imap_section *section;
	struct record_part part;
	struct imap_convert_error error;
	struct imap_convert_wants wants;
	struct imap_conversion *conversion;
	uint64_t from, left; /* to be sent */

	/* A header. */
	struct imap_source source;
	struct header_recode recode;
	struct header_walk fields;
	struct buf raw, made;
	bool heading;
	size_t raw_done;
};

static void read_convert(struct imap *i, struct imap_args *args)
{
	struct convert *c = ARENA_NEW(&i->arena, struct convert);

	i->state = c;
	arena_init(&c->arena, ARENA_NONE);
	buf_init(&c->source.text, RECORD_HEADER_OCTETS_MAX + 2);
	buf_init(&c->raw, RECORD_HEADER_OCTETS_MAX);
	buf_init(&c->made, HEADER_OCTETS_MAX);
	imap_arg_set(args, &c->set);
	imap_arg_convert(args, &c->args);
}

static void end_header(struct convert *c)
{
	if (c->heading)
		header_recode_done(&c->recode);
	c->heading = false;
	buf_done(&c->source.text);
	buf_done(&c->raw);
	buf_done(&c->made);
}

static void free_convert(struct imap *i)
{
	struct convert *c = i->state;

	end_header(c);
	imap_walk_done(&c->walk);
	imap_conversions_rest(i->conversions);
	arena_done(&c->arena);
}

/* ---- what is said of an item ---- */

static void put_name(struct imap *i)
{
	struct convert *c = i->state;

	if (c->blank)
		buf_put_octet(imap_out(i), ' ');
	c->blank = true;
	imap_fetch_put_section(imap_out(i), c->section);
	buf_put_octet(imap_out(i), ' ');
}

static enum step put_error(struct imap *i, enum imap_convert_why why)
{
	struct convert *c = i->state;

	c->error.why = why;
	c->failed = true;
	c->lasting |= why != IMAP_CONVERT_LATER;
	c->doing = NOTHING;
	put_name(i);
	imap_convert_put_error(i, &c->args, &c->error);
	return STEP_AGAIN;
}

static enum step done(struct convert *c)
{
	c->converted = true;
	c->doing = NOTHING;
	return STEP_AGAIN;
}

/* ---- which conversion ---- */

/* A part that can be one of the sources: no multipart, no message. */
static bool is_leaf(const struct convert *c)
{
	return c->section->parts_count > 0 && c->part.kind == RECORD_PART_LEAF;
}

/* What the part is, in the words of the answer. */
static bool find_part(struct convert *c)
{
	bool whole = c->section->parts_count == 0;

	c->error = (struct imap_convert_error){ .target = c->args.type.at != NULL ? c->args.type : S("text/plain") };
	if (!imap_section_part(&c->record, c->section, &c->part))
		return false;
	c->error.source = whole ? S("message/rfc822")
				: arena_printf(&c->arena, "%.*s/%.*s", STR_FMT(c->part.type), STR_FMT(c->part.subtype));
	return true;
}

/* A row is not told of, or taken, where one before it makes the same. */
static bool fits(const struct convert *c, const struct conversion *row)
{
	struct str target = str_eq(row->target, S("*")) ? c->error.source : row->target;

	return conversion_fits(row, c->error.source, c->args.type) && conversion_find(c->error.source, target) == row;
}

/* The first that does what the parameters ask; else what is wrong with the first of all. */
static const struct conversion *choose(struct convert *c, enum imap_convert_why *ret_why)
{
	const struct conversion *row;
	struct imap_convert_wants wants;
	uint32_t blamed;
	bool any = false;

	*ret_why = IMAP_CONVERT_IMPOSSIBLE;
	for (size_t n = 0; is_leaf(c) && (row = conversion_row(n)) != NULL; n++) {
		enum imap_convert_why why;

		if (!fits(c, row))
			continue;
		why = imap_convert_judge(&c->args, row->what, &wants, &blamed);
		if (any && why != IMAP_CONVERT_FINE)
			continue;
		any = true;
		*ret_why = why;
		c->error.blamed = blamed;
		c->error.target = str_eq(row->target, S("*")) ? c->error.source : row->target;
		c->wants = wants;
		if (why == IMAP_CONVERT_FINE)
			return row;
	}
	return NULL;
}

/* AVAILABLECONVERSIONS: section 8.4. */
static enum step put_available(struct imap *i)
{
	struct convert *c = i->state;
	const struct conversion *row;
	enum imap_convert_why why;
	struct imap_convert_wants wants;
	const char *before = "((";
	uint32_t blamed;

	if (choose(c, &why) == NULL && (why != IMAP_CONVERT_IMPOSSIBLE || c->args.type.at != NULL))
		return put_error(i, why);
	put_name(i);
	for (size_t n = 0; is_leaf(c) && (row = conversion_row(n)) != NULL; n++) {
		if (!fits(c, row) || imap_convert_judge(&c->args, row->what, &wants, &blamed) != IMAP_CONVERT_FINE)
			continue;
		buf_printf(imap_out(i), "%s\"%.*s\"", before,
			STR_FMT(str_eq(row->target, S("*")) ? c->error.source : row->target));
		before = " ";
	}
	buf_put(imap_out(i), *before == ' ' ? S("))") : S("(())"));
	return done(c);
}

static enum step open_part(struct imap *i)
{
	struct convert *c = i->state;
	const struct conversion *row;
	struct imap_conversion_source source;
	struct imap_conversion_wish wish;
	enum imap_convert_why why;

	if (!find_part(c))
		return put_error(i, IMAP_CONVERT_NOTHING);
	if (c->section->name == IMAP_NAME_AVAILABLECONVERSIONS)
		return put_available(i);
	row = choose(c, &why);
	if (row == NULL)
		return put_error(i, why);
	if (c->part.flags & RECORD_PART_ENCODING_BAD)
		return put_error(i, IMAP_CONVERT_ENCODING);
	wish = (struct imap_conversion_wish){ row, c->wants.charset, c->wants.replacement };
	if (i->conversions == NULL)
		i->conversions = imap_conversions_new();
	source = (struct imap_conversion_source){ view_mailbox(i->view), &c->item, &c->record, &c->part };
	c->conversion = imap_conversions_get(i->conversions, &source, &wish);
	c->doing = MEASURING;
	return STEP_AGAIN;
}

/* ---- the converted part ---- */

static void put_structure(struct imap *i)
{
	struct convert *c = i->state;
	const struct imap_conversion *v = c->conversion;
	struct imap_record_converted now = { .charset = v->wish.charset,
		.same_type = str_ieq(c->error.source, c->error.target),
		.encoding = recode_encoding(&v->shape),
		.octets = v->shape.octets,
		.lines = v->shape.lines };

	now.subtype = c->error.target;
	str_cut(&now.subtype, '/', &now.type);
	imap_record_put_converted(imap_out(i), &c->record, &c->part, &now,
		(imap_utf8(i) ? IMAP_RECORD_UTF8 : 0) | (imap_is_rev2(i) ? IMAP_RECORD_DECODED : 0));
}

static enum step begin_sending(struct imap *i)
{
	struct convert *c = i->state;
	const struct imap_section *s = c->section;
	uint64_t octets = c->conversion->shape.octets;

	c->from = s->partial ? s->from : 0;
	c->left = c->from < octets ? octets - c->from : 0;
	if (s->partial && c->left > s->octets)
		c->left = s->octets;
	if (c->conversion->shape.nul)
		buf_put_octet(imap_out(i), '~');
	imap_put_literal_size(imap_out(i), c->left);
	c->doing = SENDING;
	return STEP_AGAIN;
}

/* Its size is known. */
static enum step put_converted(struct imap *i)
{
	struct convert *c = i->state;

	if (c->conversion->result != RECODE_OK) {
		c->error.blamed = 0;
		for (size_t n = 0; n < c->args.params_count && c->conversion->result == RECODE_LOST; n++)
			c->error.blamed |= (uint32_t)str_ieq(c->args.params[n].name, CONVERSION_CHARSET) << n;
		return put_error(i, c->conversion->result == RECODE_LOST ? IMAP_CONVERT_LOST : IMAP_CONVERT_FROM);
	}
	put_name(i);
	if (c->section->name == IMAP_NAME_BINARY)
		return begin_sending(i);
	if (c->section->name == IMAP_NAME_BINARY_SIZE)
		buf_put_u64(imap_out(i), c->conversion->shape.octets);
	else
		put_structure(i);
	return done(c);
}

static enum step measure_piece(struct imap *i)
{
	struct convert *c = i->state;
	enum err e;

	if (c->conversion->measured)
		return put_converted(i);
	e = imap_conversion_measure(c->conversion);
	return e == ERR_OK ? STEP_AGAIN : put_error(i, imap_convert_why_of(e));
}

static enum step send_piece(struct imap *i)
{
	struct convert *c = i->state;
	size_t most = c->left < IMAP_PIECE_OCTETS ? (size_t)c->left : IMAP_PIECE_OCTETS, got;
	enum err e;

	if (c->left == 0)
		return done(c);
	e = imap_conversion_read(c->conversion, c->from, most, imap_out(i), &got);
	c->from += got;
	c->left -= got;
	if (e == ERR_OK)
		return STEP_AGAIN;
	/* The octets were promised and cannot be had: only the end of the connection says so. */
	log_put(LOG_session_dropped, LOG_S("account", i->s->account), LOG_S("client", i->s->client),
		LOG_C("why", err_name(e)), LOG_U("uid", c->item.uid), LOG_END);
	return STEP_DONE;
}

/* ---- a header ---- */

static enum step open_header(struct imap *i)
{
	struct convert *c = i->state;
	enum imap_convert_why why;
	enum err e;

	c->error = (struct imap_convert_error){ .source = HEADER_TYPE, .target = HEADER_TYPE };
	why = imap_convert_judge(&c->args, CONVERSION_RECODES, &c->wants, &c->error.blamed);
	if (why != IMAP_CONVERT_FINE)
		return put_error(i, why);
	if (!c->wants.charset_given)
		return put_error(i, IMAP_CONVERT_MISSING);
	e = imap_section_find(view_mailbox(i->view), &c->item, &c->record, c->section, &c->source);
	if (e != ERR_OK)
		return put_error(i, imap_convert_why_of(e));
	if (c->source.nil) {
		put_name(i);
		buf_put(imap_out(i), S("NIL"));
		return done(c);
	}
	buf_clear(&c->raw);
	buf_clear(&c->made);
	c->raw_done = 0;
	if (c->source.octets > RECORD_HEADER_OCTETS_MAX)
		return put_error(i, IMAP_CONVERT_IMPOSSIBLE);
	if (c->source.octets > 0)
		e = message_read(view_mailbox(i->view), &c->item, c->source.at, c->source.octets, &c->raw);
	if (e != ERR_OK || c->raw.len < c->source.octets)
		return put_error(i, imap_convert_why_of(e));
	c->fields = header_walk(buf_str(&c->raw));
	if (header_recode_open(&c->recode, c->wants.charset, c->wants.replacement) != ERR_OK)
		return put_error(i, IMAP_CONVERT_CHARSET);
	c->heading = true;
	c->doing = HEADING;
	return STEP_AGAIN;
}

static enum step end_heading(struct imap *i)
{
	struct convert *c = i->state;
	struct buf *to = imap_out(i);

	/* What stands behind the last field is the empty line. */
	buf_put(&c->made, str_skip(buf_str(&c->raw), c->raw_done));
	if (buf_overflowed(&c->made)) {
		end_header(c);
		return put_error(i, IMAP_CONVERT_IMPOSSIBLE);
	}
	put_name(i);
	imap_put_literal(to, buf_str(&c->made));
	end_header(c);
	return done(c);
}

static enum step heading_piece(struct imap *i)
{
	struct convert *c = i->state;
	size_t before = c->raw_done;
	struct header_field field;

	while (c->raw_done - before < HEADER_STEP) {
		size_t at;

		if (!header_next(&c->fields, &field))
			return end_heading(i);
		at = (size_t)(field.whole.at - c->raw.at);
		buf_put(&c->made, str_sub(buf_str(&c->raw), c->raw_done, at - c->raw_done));
		c->raw_done = at + field.whole.len;
		if (header_recode_field(&c->recode, &field, &c->made) == ERR_OK)
			continue;
		end_header(c);
		for (size_t n = 0; n < c->args.params_count; n++)
			c->error.blamed |= (uint32_t)str_ieq(c->args.params[n].name, CONVERSION_CHARSET) << n;
		return put_error(i, IMAP_CONVERT_LOST);
	}
	return STEP_AGAIN;
}

/* ---- messages ---- */

static enum step end_message(struct imap *i)
{
	struct convert *c = i->state;

	buf_put(imap_out(i), S(")\r\n"));
	c->in_message = i->mid_line = false;
	arena_clear(&c->arena);
	return STEP_AGAIN;
}

static enum step next_item(struct imap *i)
{
	struct convert *c = i->state;

	if (c->next == c->args.items_count)
		return end_message(i);
	c->section = &c->args.items[c->next++];
	return c->section->name == IMAP_NAME_BODY ? open_header(i) : open_part(i);
}

static enum err load_record(struct imap *i)
{
	struct convert *c = i->state;
	struct str octets;
	enum err e = message_record(view_mailbox(i->view), &c->item, &c->arena, &octets);

	if (e != ERR_OK)
		return e;
	return record_open_view(octets, &c->record) == ERR_OK ? ERR_OK : ERR_UNREADABLE;
}

static void begin_message(struct imap *i, uint32_t seq)
{
	struct convert *c = i->state;
	struct buf *to = imap_out(i);
	enum err e;

	c->item = *view_item(i->view, seq);
	e = load_record(i);
	if (e != ERR_OK) {
		c->worst = e == ERR_NOMESSAGE ? ERR_EXPUNGED : e;
		return;
	}
	buf_printf(to, "* %u CONVERTED (TAG ", seq);
	imap_put_string(to, i->command.tag, false);
	buf_put(to, S(") ("));
	c->blank = i->command.uid || c->args.uid || c->args.items_count == 0;
	if (c->blank)
		buf_printf(to, "UID %u", c->item.uid);
	c->in_message = i->mid_line = true;
	c->next = 0;
}

static enum step over(struct imap *i)
{
	struct convert *c = i->state;

	if (c->worst != ERR_OK)
		return imap_engine_over(i, c->worst, NULL, STR_NONE);
	if (!c->failed)
		return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
	if (c->converted)
		return imap_engine_over(i, ERR_OK, NULL, S("some conversions failed"));
	return imap_engine_over(i, c->lasting ? ERR_UNSUPPORTED : ERR_IO, c->lasting ? NULL : "TEMPFAIL", S("all conversions failed"));
}

static enum step refuse(struct imap *i, const char *code, uint32_t limit)
{
	return imap_engine_over(
		i, ERR_LIMIT, arena_printf(&i->arena, "%s %u", code, limit).at, S("too much for one command"));
}

static enum step begin(struct imap *i)
{
	struct convert *c = i->state;
	uint32_t limit = imap_limit_messages(i);
	struct imap_walk counting;
	enum err e;

	c->begun = true;
	/* RFC 9586: numbers are not told, and CONVERTED has no other form. */
	if (imap_enabled(i, IMAP_CAP_UIDONLY))
		return imap_engine_over(i, ERR_UNSUPPORTED, NULL, S("CONVERTED names message numbers, which UIDONLY forbids"));
	if (c->args.items_count > PARTS_MAX)
		return refuse(i, "MAXCONVERTPARTS", PARTS_MAX);
	e = imap_walk_init(&c->walk, i, &c->set);
	if (e != ERR_OK)
		return imap_engine_over(i, e, NULL, STR_NONE);
	counting = c->walk;
	if (limit > 0 && limit < UINT32_MAX && imap_walk_pass(&counting, limit + 1) > limit)
		return refuse(i, "MAXCONVERTMESSAGES", limit);
	return STEP_AGAIN;
}

static enum step next_message(struct imap *i)
{
	struct convert *c = i->state;
	uint32_t seq;

	imap_progress(i, c->told, IMAP_PROGRESS_UNKNOWN);
	seq = imap_walk_next(&c->walk);
	if (seq == 0)
		return c->walk.paused ? STEP_AGAIN : over(i);
	c->told++;
	begin_message(i, seq);
	return STEP_AGAIN;
}

static enum step run_convert(struct imap *i)
{
	struct convert *c = i->state;

	if (!c->begun)
		return begin(i);
	switch (c->doing) {
	case MEASURING:
		return measure_piece(i);
	case SENDING:
		return send_piece(i);
	case HEADING:
		return heading_piece(i);
	case NOTHING:
		break;
	}
	return c->in_message ? next_item(i) : next_message(i);
}

const struct imap_handler imap_convert_handler = { read_convert, run_convert, free_convert };

/* ---- CONVERSIONS ---- */

struct patterns {
	struct str source, target;
};

static void read_conversions(struct imap *i, struct imap_args *args)
{
	struct patterns *p = ARENA_NEW(&i->arena, struct patterns);

	i->state = p;
	p->source = imap_arg_mime_pattern(args);
	p->target = imap_arg_mime_pattern(args);
}

static void put_conversion(struct imap *i, struct str source, struct str target, enum conversion_what what)
{
	struct buf *to = imap_out(i);

	buf_printf(to, "* CONVERSION \"%.*s\" \"%.*s\"", STR_FMT(source), STR_FMT(target));
	if (what == CONVERSION_RECODES)
		buf_printf(to, " (\"%.*s\" \"%.*s\")", STR_FMT(CONVERSION_CHARSET), STR_FMT(CONVERSION_REPLACEMENT));
	buf_put(to, S("\r\n"));
}

/* What any part can be made is told of a type that is named in full: there is no end of the others. */
static void put_as_is(struct imap *i, const struct patterns *p)
{
	const struct conversion *row;

	if (str_has_octet(p->source, '*') || str_istarts(p->source, S("multipart/")) ||
		str_istarts(p->source, S("message/")) || !conversion_matches(p->target, p->source))
		return;
	row = conversion_find(p->source, p->source);
	if (row->what == CONVERSION_AS_IS)
		put_conversion(i, p->source, p->source, row->what);
}

static enum step run_conversions(struct imap *i)
{
	const struct patterns *p = i->state;
	const struct conversion *row;

	for (size_t n = 0; (row = conversion_row(n)) != NULL; n++) {
		if (!str_eq(row->source, S("*")) && conversion_matches(p->source, row->source) &&
			conversion_matches(p->target, row->target))
			put_conversion(i, row->source, row->target, row->what);
	}
	put_as_is(i, p);
	return imap_engine_over(i, ERR_OK, NULL, STR_NONE);
}

const struct imap_handler imap_conversions_handler = { read_conversions, run_conversions, NULL };
