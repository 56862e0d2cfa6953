#include "store/imap_binary.h"

/* The octets of a line end are not one octet each there. */
static bool is_wide(struct str charset)
{
	return str_istarts(charset, S("UTF-16")) || str_istarts(charset, S("UTF-32")) ||
	       str_istarts(charset, S("ISO-10646")) || str_istarts(charset, S("UCS-"));
}

static bool is_encoded(const struct record_part *part)
{
	return part->encoding == RECORD_ENCODING_BASE64 || part->encoding == RECORD_ENCODING_QUOTED_PRINTABLE;
}

bool imap_binary_is_needed(
	const struct record *record, const struct imap_section *section, const struct record_part *part)
{
	return (record->flags & RECORD_HAS_NUL) || (section->parts_count > 0 && is_encoded(part));
}

void imap_binary_open(struct imap_binary *b, struct mailbox *m, const struct item *it, const struct record *record,
	const struct record_part *part)
{
	*b = (struct imap_binary){ .mailbox = m,
		.item = *it,
		.at = part->body_at,
		.octets = part->body_octets,
		.encoding = part->encoding,
		.text = is_encoded(part) && str_ieq(part->type, S("text")) &&
			!is_wide(record_param_value(record, part->params, S("charset"))),
		.most = UINT64_MAX };
	buf_init(&b->in, IMAP_BINARY_RAW_OCTETS);
	buf_init(&b->out, BUF_NO_CEILING);
}

void imap_binary_whole(struct imap_binary *b)
{
	b->at = 0;
	b->octets = b->item.octets;
	b->encoding = RECORD_ENCODING_BINARY;
	b->text = false;
}

void imap_binary_range(struct imap_binary *b, const struct imap_section *section)
{
	b->from = section->partial ? section->from : 0;
	b->most = section->partial ? section->octets : UINT64_MAX;
}

void imap_binary_again(struct imap_binary *b)
{
	b->now = b->last = b->first;
	b->in_range = 0;
	b->has_nul = false;
}

void imap_binary_resume(struct imap_binary *b, const struct imap_binary_mark *mark)
{
	if (mark->mailbox != mailbox_id(b->mailbox) || mark->email != b->item.email || mark->at != b->at || mark->encoding != b->encoding ||
		mark->place.decoded > b->from)
		return;
	b->first = b->last = b->now = mark->place;
}

void imap_binary_leave(const struct imap_binary *b, struct imap_binary_mark *mark)
{
	*mark = (struct imap_binary_mark){ .mailbox = mailbox_id(b->mailbox),
		.email = b->item.email,
		.at = b->at,
		.encoding = b->encoding,
		.place = b->last };
}

void imap_binary_done(struct imap_binary *b)
{
	buf_done(&b->in);
	buf_done(&b->out);
}

bool imap_binary_ended(const struct imap_binary *b)
{
	return b->now.raw == b->octets || b->in_range == b->most;
}

/* Of the piece in b->in; returns how much of it was used. */
static size_t decode(struct imap_binary *b, bool last)
{
	struct str raw = buf_str(&b->in);

	if (b->encoding == RECORD_ENCODING_BASE64) {
		transfer_base64_more(&b->now.base64, raw, &b->out);
	} else if (b->encoding == RECORD_ENCODING_QUOTED_PRINTABLE) {
		if (!last)
			raw.len = transfer_quoted_printable_cut(raw, IMAP_BINARY_RAW_OCTETS);
		transfer_quoted_printable(raw, &b->out);
	} else {
		buf_put(&b->out, raw);
	}
	return raw.len;
}

/* Every LF without a CR before it gets one. */
static void end_lines(struct imap_binary *b)
{
	struct str text = buf_str(&b->out);
	struct buf made;

	if (!str_has_octet(text, '\n')) {
		b->now.cr = text.len > 0 ? text.at[text.len - 1] == '\r' : b->now.cr;
		return;
	}
	buf_init(&made, BUF_NO_CEILING);
	while (text.len > 0) {
		size_t end = str_find(text, '\n');
		struct str line = str_sub(text, 0, end == STR_NPOS ? text.len : end);

		buf_put(&made, line);
		b->now.cr = line.len > 0 ? line.at[line.len - 1] == '\r' : b->now.cr;
		if (end != STR_NPOS) {
			buf_put(&made, b->now.cr ? S("\n") : S("\r\n"));
			b->now.cr = false;
		}
		text = str_skip(text, line.len + (end != STR_NPOS));
	}
	buf_done(&b->out);
	b->out = made;
}

static void count(struct imap_binary *b, struct buf *to)
{
	struct str piece = buf_str(&b->out);
	uint64_t before = b->now.decoded;

	b->now.decoded += piece.len;
	if (before < b->from)
		piece = str_skip(piece, b->from - before < piece.len ? (size_t)(b->from - before) : piece.len);
	if (piece.len > b->most - b->in_range)
		piece.len = (size_t)(b->most - b->in_range);
	b->in_range += piece.len;
	b->has_nul = b->has_nul || str_has_octet(piece, '\0');
	if (to != NULL)
		buf_put(to, piece);
}

enum err imap_binary_step(struct imap_binary *b, struct buf *to)
{
	uint64_t left = b->octets - b->now.raw;
	size_t wanted = left < IMAP_BINARY_RAW_OCTETS ? (size_t)left : IMAP_BINARY_RAW_OCTETS;
	enum err e;

	b->last = b->now;
	buf_clear(&b->in);
	buf_clear(&b->out);
	e = message_read(b->mailbox, &b->item, b->at + b->now.raw, wanted, &b->in);
	if (e != ERR_OK || b->in.len < wanted)
		return e != ERR_OK ? e : ERR_UNREADABLE;
	b->now.raw += decode(b, wanted == left);
	if (b->text)
		end_lines(b);
	count(b, to);
	return ERR_OK;
}
