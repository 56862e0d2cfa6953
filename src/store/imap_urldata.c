#include "store/imap_urldata.h"

#include "wire/imap_write.h"

#define LINE_OCTETS_MAX 1000u /* of 7BIT and 8BIT, its end included (RFC 2045 section 2.7) */

static enum err read_record(struct imap_urldata *d)
{
	struct str octets;
	enum err e = message_record(d->part->mailbox, &d->part->item, &d->arena, &octets);

	if (e == ERR_OK && record_open_view(octets, &d->record) != ERR_OK)
		e = ERR_UNREADABLE;
	return e;
}

static bool has_unknown_encoding(const struct imap_urldata *d)
{
	return d->is_part && d->section->parts_count > 0 && (d->leaf.flags & RECORD_PART_ENCODING_BAD);
}

static void open_binary(struct imap_urldata *d)
{
	imap_binary_open(&d->binary, d->part->mailbox, &d->part->item, &d->record, &d->leaf);
	if (d->section->parts_count == 0)
		imap_binary_whole(&d->binary);
	/* The structure tells of the whole, whatever range of it is sent. */
	if ((d->items & IMAP_URLFETCH_STRUCTURE) == 0)
		imap_binary_range(&d->binary, d->section);
	d->decodes = true;
}

enum err imap_urldata_open(
	struct imap_urldata *d, struct imap_part *part, const struct imap_section *section, unsigned items)
{
	enum err e;

	must(items != 0);
	*d = (struct imap_urldata){ .part = part, .section = section, .items = items, .stage = IMAP_URLDATA_BEGINS };
	arena_init(&d->arena, ARENA_NONE);
	e = read_record(d);
	d->is_part = e == ERR_OK && section->what == IMAP_SECTION_ALL && imap_section_part(&d->record, section, &d->leaf);
	if (e == ERR_OK && !d->is_part && items == IMAP_URLFETCH_STRUCTURE)
		e = ERR_NOTFOUND;
	if (e != ERR_OK) {
		arena_done(&d->arena);
		return e;
	}
	d->octets = part->source.octets;
	if ((items & IMAP_URLFETCH_BINARY) && d->is_part && !has_unknown_encoding(d) &&
		imap_binary_is_needed(&d->record, section, &d->leaf)) {
		open_binary(d);
		d->stage = IMAP_URLDATA_COUNTS;
	}
	return ERR_OK;
}

/* ---- counting ---- */

static void look(struct imap_urldata *d, struct str piece)
{
	for (size_t n = 0; n < piece.len; n++) {
		d->is_8bit |= (unsigned char)piece.at[n] >= 0x80;
		d->line++;
		if (d->line > d->line_max)
			d->line_max = d->line;
		if (piece.at[n] != '\n')
			continue;
		d->lines++;
		d->line = 0;
	}
}

static void end_count(struct imap_urldata *d)
{
	uint64_t all = d->binary.in_range;

	if ((d->items & IMAP_URLFETCH_STRUCTURE) && d->section->partial) {
		imap_binary_range(&d->binary, d->section);
		all = all > d->section->from ? all - d->section->from : 0;
		all = all < d->section->octets ? all : d->section->octets;
	}
	d->octets = all;
	d->stage = IMAP_URLDATA_BEGINS;
}

static enum err count_piece(struct imap_urldata *d)
{
	struct buf piece;
	enum err e;

	if (imap_binary_ended(&d->binary)) {
		end_count(d);
		return ERR_NEEDMORE;
	}
	buf_init(&piece, BUF_NO_CEILING);
	e = imap_binary_step(&d->binary, d->items & IMAP_URLFETCH_STRUCTURE ? &piece : NULL);
	look(d, buf_str(&piece));
	buf_done(&piece);
	return e == ERR_OK ? ERR_NEEDMORE : e;
}

/* ---- what is said ---- */

/* Decoded octets have the encoding that they would need as they are. */
static void put_decoded(struct imap_urldata *d, struct buf *to)
{
	bool binary = !str_ieq(d->leaf.type, S("text")) || d->binary.has_nul || d->line_max > LINE_OCTETS_MAX;
	struct imap_record_converted now = { .type = d->leaf.type,
		.subtype = d->leaf.subtype,
		.same_type = true,
		.encoding = binary ? S("BINARY") : d->is_8bit ? S("8BIT") : S("7BIT"),
		.octets = d->binary.now.decoded,
		.lines = d->lines };

	imap_record_put_converted(to, &d->record, &d->leaf, &now, d->how);
}

/* Of the octets as they are sent. */
static enum err put_structure(struct imap_urldata *d, struct buf *to)
{
	bool encoded = d->leaf.encoding == RECORD_ENCODING_BASE64 || d->leaf.encoding == RECORD_ENCODING_QUOTED_PRINTABLE;
	uint32_t part = 0;

	if (d->decodes && encoded && d->section->parts_count > 0) {
		put_decoded(d, to);
		return ERR_OK;
	}
	if (d->section->parts_count > 0 && !record_section(&d->record, d->section->parts, d->section->parts_count, &part))
		return ERR_UNREADABLE;
	return imap_record_put_part(to, &d->record, part, d->how);
}

static void put_data_name(struct imap_urldata *d, struct buf *to)
{
	bool binary = (d->items & IMAP_URLFETCH_BINARY) != 0;

	buf_put_c(to, binary ? " (BINARY " : " (BODY ");
	/* Fields of a header are not looked at octet by octet: where a NUL can be, it is taken to be there. */
	if (binary && (d->decodes ? d->binary.has_nul : (d->record.flags & RECORD_HAS_NUL) != 0))
		buf_put_octet(to, '~');
	imap_put_literal_size(to, d->octets);
}

static enum err begin(struct imap_urldata *d, struct buf *to)
{
	size_t before = to->len;
	enum err e = ERR_OK;

	if ((d->items & IMAP_URLFETCH_STRUCTURE) && d->is_part) {
		buf_put_c(to, " (BODYPARTSTRUCTURE ");
		e = put_structure(d, to);
		buf_put_c(to, ")");
	}
	if (e != ERR_OK) {
		to->len = before;
		return e;
	}
	d->begun = true;
	if ((d->items & (IMAP_URLFETCH_BODY | IMAP_URLFETCH_BINARY)) == 0)
		return ERR_OK;
	if ((d->items & IMAP_URLFETCH_BINARY) && has_unknown_encoding(d)) {
		buf_put_c(to, " (BINARY NIL)");
		return ERR_OK;
	}
	put_data_name(d, to);
	if (d->decodes)
		imap_binary_again(&d->binary);
	d->stage = IMAP_URLDATA_SENDS;
	return ERR_NEEDMORE;
}

static enum err send_piece(struct imap_urldata *d, struct buf *to)
{
	enum err e = ERR_OK;

	if (d->decodes ? d->octets > 0 && !imap_binary_ended(&d->binary) : d->part->done < d->part->source.octets) {
		e = d->decodes ? imap_binary_step(&d->binary, to) : imap_part_read(d->part, to);
		return e == ERR_OK ? ERR_NEEDMORE : e;
	}
	buf_put_octet(to, ')');
	return ERR_OK;
}

enum err imap_urldata_step(struct imap_urldata *d, struct buf *to)
{
	switch (d->stage) {
	case IMAP_URLDATA_COUNTS:
		return count_piece(d);
	case IMAP_URLDATA_BEGINS:
		return begin(d, to);
	case IMAP_URLDATA_SENDS:
		break;
	}
	return send_piece(d, to);
}

void imap_urldata_done(struct imap_urldata *d)
{
	if (d->decodes)
		imap_binary_done(&d->binary);
	arena_done(&d->arena);
}
