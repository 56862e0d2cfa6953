#include "mail/record.h"

#include "base/cursor.h"
#include "base/utf8.h"
#include "mail/header.h"
#include "mail/record_int.h"
#include "mail/record_writer.h"

enum err record_make(struct str message, struct buf *to)
{
	return record_writer_run(message, to);
}

enum err record_make_opaque(uint64_t message_octets, struct buf *to)
{
	return record_writer_opaque(message_octets, to);
}

/* ---- reading ---- */

static uint64_t parts_at(const struct record *r)
{
	return r->fixed;
}

static uint64_t envelopes_at(const struct record *r)
{
	return parts_at(r) + (uint64_t)r->parts * RECORD_PART_OCTETS;
}

static uint64_t params_at(const struct record *r)
{
	return envelopes_at(r) + (uint64_t)r->envelopes * RECORD_ENVELOPE_OCTETS;
}

static uint64_t languages_at(const struct record *r)
{
	return params_at(r) + (uint64_t)r->params * RECORD_PARAM_OCTETS;
}

static uint64_t addresses_at(const struct record *r)
{
	return languages_at(r) + (uint64_t)r->languages * RECORD_LANGUAGE_OCTETS;
}

static uint64_t text_at(const struct record *r)
{
	return addresses_at(r) + (uint64_t)r->addresses * RECORD_ADDRESS_OCTETS;
}

/* The tables and the text fill it exactly; kept fields may be there, all of them, or not. */
static bool fits(struct record *r, uint32_t text, uint32_t kept)
{
	/* No sum here can overflow: counts of 32 bits and rows of 8 bits. */
	uint64_t end = text_at(r) + text;

	if (end != r->octets.len && end + kept != r->octets.len)
		return false;
	r->text = str_sub(r->octets, (size_t)text_at(r), text);
	if ((r->flags & RECORD_KEPT) && end + kept == r->octets.len)
		r->kept = kept > 0 ? str_skip(r->octets, (size_t)end) : S("");
	return kept == 0 || (r->flags & RECORD_KEPT);
}

enum err record_open_view(struct str octets, struct record *ret)
{
	struct record r = { .octets = octets, .fixed = RECORD_FIXED_OCTETS };
	struct rd in = rd_from(octets);
	uint32_t magic = rd_u32(&in), text, kept;

	r.flags = rd_u32(&in);
	r.message_octets = rd_u32(&in);
	r.received = rd_u32(&in);
	r.delivered = rd_u32(&in);
	r.parts = rd_u32(&in);
	r.envelopes = rd_u32(&in);
	r.params = rd_u32(&in);
	r.languages = rd_u32(&in);
	r.addresses = rd_u32(&in);
	text = rd_u32(&in);
	kept = magic == RECORD_MAGIC_1 ? 0 : rd_u32(&in);
	if (magic == RECORD_MAGIC_1)
		r.fixed = RECORD_FIXED_OCTETS_1;
	if (magic == RECORD_MAGIC_1 && (r.flags & RECORD_KEPT))
		rd_fail(&in);
	if (in.failed || (magic != RECORD_MAGIC && magic != RECORD_MAGIC_1) || !fits(&r, text, kept))
		return ERR_CORRUPT;
	*ret = r;
	return ERR_OK;
}

struct str record_split(struct str octets, struct str *ret_kept)
{
	struct record r;

	*ret_kept = STR_NONE;
	if (record_open_view(octets, &r) != ERR_OK)
		return octets;
	*ret_kept = r.kept;
	return str_sub(octets, 0, octets.len - r.kept.len);
}

/* Each: u8 octets of the name, u16 octets of the field (0: left out), then the field, or the name alone. */
bool record_kept_next(struct str *rest, struct record_kept *ret)
{
	struct rd in = rd_from(*rest);
	uint8_t name = rd_u8(&in);
	uint16_t field = rd_u16(&in);
	struct str octets = rd_octets(&in, field ? field : name);

	if (in.failed || name > octets.len)
		return false;
	ret->name = str_sub(octets, 0, name);
	ret->field = field ? octets : STR_NONE;
	*rest = in.rest;
	return true;
}

/* Row i of a table; the tables were found to fit when the record was opened. */
static const char *row_at(const struct record *r, uint64_t table, uint32_t i, size_t octets)
{
	return r->octets.at + table + (uint64_t)i * octets;
}

static struct rd row(const struct record *r, uint64_t table, uint32_t i, size_t octets)
{
	return rd_from(str_make(row_at(r, table, i, octets), octets));
}

static inline uint32_t get_u32(const char **at)
{
	uint32_t v;

	memcpy(&v, *at, sizeof(v));
	*at += sizeof(v);
	return le32toh(v);
}

static inline uint64_t get_u64(const char **at)
{
	uint64_t v;

	memcpy(&v, *at, sizeof(v));
	*at += sizeof(v);
	return le64toh(v);
}

static inline struct str get_text(const char **in, const struct record *r)
{
	uint32_t at = get_u32(in), octets = get_u32(in);

	if (at > r->text.len || octets > r->text.len - at)
		return STR_NONE;
	/* Present, though it may be empty: never NULL. */
	return octets ? str_make(r->text.at + at, octets) : S("");
}

static inline struct record_rows get_rows(const char **in)
{
	struct record_rows rows;

	rows.first = get_u32(in);
	rows.count = get_u32(in);
	return rows;
}

/* Row i of a range, as a row of the table; RECORD_NONE when it is in neither. */
static uint32_t row_number(struct record_rows rows, uint32_t i, uint32_t table_count)
{
	if (i >= rows.count || rows.first >= table_count || i >= table_count - rows.first)
		return RECORD_NONE;
	return rows.first + i;
}

bool record_part(const struct record *r, uint32_t i, struct record_part *ret)
{
	const char *in;
	uint32_t mixed;

	if (i >= r->parts)
		return false;
	in = row_at(r, parts_at(r), i, RECORD_PART_OCTETS);
	ret->parent = get_u32(&in);
	ret->next = get_u32(&in);
	ret->children = get_u32(&in);
	mixed = get_u32(&in);
	ret->depth = mixed & 0xffff;
	ret->kind = (enum record_part_kind)(mixed >> 16 & 0xff);
	ret->encoding = (enum record_encoding)(mixed >> 24);
	ret->flags = get_u32(&in);
	ret->header_at = get_u32(&in);
	ret->header_octets = get_u32(&in);
	ret->body_at = get_u32(&in);
	ret->body_octets = get_u32(&in);
	ret->body_lines = get_u32(&in);
	ret->type = get_text(&in, r);
	ret->subtype = get_text(&in, r);
	ret->encoding_name = get_text(&in, r);
	ret->content_id = get_text(&in, r);
	ret->description = get_text(&in, r);
	ret->md5 = get_text(&in, r);
	ret->location = get_text(&in, r);
	ret->disposition = get_text(&in, r);
	ret->filename = get_text(&in, r);
	ret->params = get_rows(&in);
	ret->disposition_params = get_rows(&in);
	ret->languages = get_rows(&in);
	ret->envelope = get_u32(&in);
	return true;
}

bool record_param(const struct record *r, struct record_rows rows, uint32_t i, struct record_param *ret)
{
	uint32_t n = row_number(rows, i, r->params);
	const char *in;

	if (n == RECORD_NONE)
		return false;
	in = row_at(r, params_at(r), n, RECORD_PARAM_OCTETS);
	ret->name = get_text(&in, r);
	ret->value = get_text(&in, r);
	return true;
}

bool record_language(const struct record *r, struct record_rows rows, uint32_t i, struct str *ret)
{
	uint32_t n = row_number(rows, i, r->languages);
	const char *in;

	if (n == RECORD_NONE)
		return false;
	in = row_at(r, languages_at(r), n, RECORD_LANGUAGE_OCTETS);
	*ret = get_text(&in, r);
	return true;
}

bool record_address(const struct record *r, struct record_rows rows, uint32_t i, struct record_address *ret)
{
	uint32_t n = row_number(rows, i, r->addresses);
	const char *in;

	if (n == RECORD_NONE)
		return false;
	in = row_at(r, addresses_at(r), n, RECORD_ADDRESS_OCTETS);
	ret->name = get_text(&in, r);
	ret->adl = get_text(&in, r);
	ret->mailbox = get_text(&in, r);
	ret->host = get_text(&in, r);
	return true;
}

bool record_envelope(const struct record *r, uint32_t i, struct record_envelope *ret)
{
	const char *in;
	uint32_t flags;

	if (i >= r->envelopes)
		return false;
	in = row_at(r, envelopes_at(r), i, RECORD_ENVELOPE_OCTETS);
	ret->date = get_text(&in, r);
	ret->subject = get_text(&in, r);
	ret->in_reply_to = get_text(&in, r);
	ret->message_id = get_text(&in, r);
	ret->references = get_text(&in, r);
	ret->from = get_rows(&in);
	ret->sender = get_rows(&in);
	ret->reply_to = get_rows(&in);
	ret->to = get_rows(&in);
	ret->cc = get_rows(&in);
	ret->bcc = get_rows(&in);
	ret->sent_seconds = (int64_t)get_u64(&in);
	ret->sent_zone_minutes = (int32_t)get_u32(&in);
	flags = get_u32(&in);
	ret->sent_valid = flags & RECORD_ENVELOPE_SENT_VALID;
	ret->sender_given = flags & RECORD_ENVELOPE_SENDER_GIVEN;
	ret->reply_to_given = flags & RECORD_ENVELOPE_REPLY_TO_GIVEN;
	return true;
}

struct str record_param_value(const struct record *r, struct record_rows rows, struct str name)
{
	struct record_param p;

	for (uint32_t i = 0; record_param(r, rows, i, &p); i++) {
		if (str_ieq(p.name, name))
			return p.value;
	}
	return STR_NONE;
}

/* The nth child (from 1) of part `parent`, or RECORD_NONE. */
static uint32_t child(const struct record *r, uint32_t parent, uint32_t n)
{
	struct record_part p, c;
	uint32_t i = parent + 1;

	if (!record_part(r, parent, &p) || n == 0 || n > p.children)
		return RECORD_NONE;
	while (--n > 0) {
		/* next grows in a checked record; in any other this must end, too. */
		if (!record_part(r, i, &c) || c.next <= i)
			return RECORD_NONE;
		i = c.next;
	}
	return i < r->parts ? i : RECORD_NONE;
}

uint32_t record_inner(const struct record *r, uint32_t i)
{
	struct record_part p;

	if (!record_part(r, i, &p) || p.kind != RECORD_PART_MESSAGE)
		return RECORD_NONE;
	return child(r, i, 1);
}

bool record_section(const struct record *r, const uint32_t *numbers, size_t count, uint32_t *ret_part)
{
	uint32_t at = 0, content = 0; /* content: whose children the next number counts; RECORD_NONE: none */
	struct record_part p;

	for (size_t i = 0; i < count; i++) {
		if (!record_part(r, content, &p))
			return false;
		if (p.kind == RECORD_PART_MULTIPART)
			at = child(r, content, numbers[i]);
		else
			at = numbers[i] == 1 ? content : RECORD_NONE;
		if (!record_part(r, at, &p))
			return false;
		content = p.kind == RECORD_PART_MULTIPART ? at : record_inner(r, at);
	}
	if (at >= r->parts)
		return false;
	*ret_part = at;
	return true;
}

/* ---- checking ---- */

/* What a check has seen so far. Sums keep one text or row from being shown thousands of times over. */
struct check {
	const struct record *r;
	uint64_t text, params, languages, addresses;
	uint32_t envelopes;
	bool failed;
};

static void need(struct check *c, bool cond)
{
	if (!cond)
		c->failed = true;
}

/* Not in the middle of a UTF-8 sequence. */
static bool is_border(struct str text, size_t at)
{
	return at == text.len || ((unsigned char)text.at[at] & 0xc0) != 0x80;
}

static struct record_rows rd_rows(struct rd *in)
{
	struct record_rows rows;

	rows.first = rd_u32(in);
	rows.count = rd_u32(in);
	return rows;
}

/* A reference to text that is present, or absent where that is allowed. */
static void check_text(struct check *c, struct rd *in, bool may_be_absent)
{
	uint32_t at = rd_u32(in), octets = rd_u32(in);
	struct str text = c->r->text;

	if (at == RECORD_TEXT_ABSENT) {
		need(c, may_be_absent && octets == 0);
		return;
	}
	if (at > text.len || octets > text.len - at) {
		c->failed = true;
		return;
	}
	c->text += octets;
	need(c, is_border(text, at) && is_border(text, at + octets));
}

static void check_rows(struct check *c, struct record_rows rows, uint32_t table_count, uint32_t max)
{
	need(c, rows.count <= max);
	need(c, rows.first <= table_count && rows.count <= table_count - rows.first);
	need(c, rows.count > 0 || rows.first == 0);
}

static void check_addresses(struct check *c, struct rd *in)
{
	struct record_rows rows = rd_rows(in);

	check_rows(c, rows, c->r->addresses, RECORD_ADDRESSES_MAX);
	c->addresses += rows.count;
}

/* sender or reply_to: rows of its own, or those of from. */
static void check_or_from(struct check *c, struct rd *in, struct record_rows from, bool given)
{
	struct rd before = *in;
	struct record_rows rows = rd_rows(in);

	if (given) {
		need(c, rows.count > 0);
		check_addresses(c, &before);
	} else {
		need(c, rows.first == from.first && rows.count == from.count);
	}
}

static void check_envelope(struct check *c, uint32_t i)
{
	struct rd in = row(c->r, envelopes_at(c->r), i, RECORD_ENVELOPE_OCTETS), from_in;
	struct record_envelope e;

	if (!record_envelope(c->r, i, &e)) {
		c->failed = true;
		return;
	}
	for (int n = 0; n < 5; n++)
		check_text(c, &in, true);
	from_in = in;
	check_addresses(c, &in);
	check_or_from(c, &in, rd_rows(&from_in), e.sender_given);
	check_or_from(c, &in, e.from, e.reply_to_given);
	for (int n = 0; n < 3; n++)
		check_addresses(c, &in);
	need(c, e.sent_valid || (e.sent_seconds == 0 && e.sent_zone_minutes == 0));
	need(c, e.sent_seconds >= -(INT64_C(1) << 40) && e.sent_seconds <= INT64_C(1) << 40);
	need(c, e.sent_zone_minutes > -24 * 60 && e.sent_zone_minutes < 24 * 60);
	(void)rd_octets(&in, 12);
	need(c, (rd_u32(&in) & ~RECORD_ENVELOPE_FLAGS_ALL) == 0);
}

/* A text for each absent-or-not word of a row behind the parts' and envelopes'. */
static void check_text_table(struct check *c, uint64_t table, uint32_t count, uint32_t texts, bool may_be_absent)
{
	for (uint32_t i = 0; i < count && !c->failed; i++) {
		struct rd in = row(c->r, table, i, texts * 8);

		for (uint32_t n = 0; n < texts; n++)
			check_text(c, &in, may_be_absent);
	}
}

static void check_part_row(struct check *c, uint32_t i, const struct record_part *p)
{
	struct rd in = row(c->r, parts_at(c->r), i, RECORD_PART_OCTETS);

	(void)rd_octets(&in, 40);
	for (int n = 0; n < 9; n++)
		check_text(c, &in, n > 2); /* type, subtype and encoding_name are always there */
	need(c, p->type.len > 0 && p->subtype.len > 0 && p->encoding_name.len > 0);
	need(c, p->kind < RECORD_PART_KIND_COUNT && p->encoding < RECORD_ENCODING_COUNT);
	need(c, (p->flags & ~RECORD_PART_FLAGS_ALL) == 0);
	check_rows(c, p->params, c->r->params, RECORD_PARAMS_MAX);
	check_rows(c, p->disposition_params, c->r->params, RECORD_PARAMS_MAX);
	check_rows(c, p->languages, c->r->languages, RECORD_LANGUAGES_MAX);
	c->params += (uint64_t)p->params.count + p->disposition_params.count;
	c->languages += p->languages.count;
}

static uint64_t body_end(const struct record_part *p)
{
	return (uint64_t)p->body_at + p->body_octets;
}

/* Type and number of children go together: IMAP's BODYSTRUCTURE can show nothing else. */
static void check_kind(struct check *c, const struct record_part *p)
{
	bool multipart = str_ieq(p->type, S("multipart"));
	bool message = str_ieq(p->type, S("message")) &&
		       (str_ieq(p->subtype, S("rfc822")) || str_ieq(p->subtype, S("global")));

	need(c, multipart == (p->kind == RECORD_PART_MULTIPART));
	need(c, message == (p->kind == RECORD_PART_MESSAGE));
	need(c, p->kind != RECORD_PART_MULTIPART || p->children > 0);
	need(c, p->kind != RECORD_PART_MESSAGE || p->children == 1);
	need(c, p->kind != RECORD_PART_LEAF || p->children == 0);
}

/* A part that is open in the walk. */
struct open {
	struct record_part part;
	uint32_t number, children;
	uint64_t free_at; /* where the next child may begin */
};

/* Against its parent, or as the root when there is none. */
static void check_place(struct check *c, uint32_t i, const struct record_part *p, const struct open *parent)
{
	uint64_t end = body_end(p);

	need(c, (uint64_t)p->header_at + p->header_octets == p->body_at && p->body_lines <= p->body_octets);
	need(c, p->next > i);
	if (parent == NULL) {
		need(c, i == 0 && p->parent == RECORD_NONE && p->depth == 0 && p->next == c->r->parts);
		need(c, p->header_at == 0 && end == c->r->message_octets);
		return;
	}
	need(c, p->parent == parent->number && p->depth == parent->part.depth + 1);
	need(c, p->next <= parent->part.next);
	need(c, p->header_at >= parent->free_at && end <= body_end(&parent->part));
	if (parent->part.kind == RECORD_PART_MESSAGE)
		need(c, p->header_at == parent->part.body_at && end == body_end(&parent->part));
}

/* Messages, and only they, have an envelope; envelopes are numbered as they come. */
static void check_part_envelope(struct check *c, const struct record_part *p, const struct open *parent)
{
	if (parent != NULL && parent->part.kind != RECORD_PART_MESSAGE) {
		need(c, p->envelope == RECORD_NONE);
		return;
	}
	need(c, p->envelope == c->envelopes);
	check_envelope(c, c->envelopes++);
}

static void check_tree(struct check *c)
{
	struct open stack[RECORD_DEPTH_MAX];
	uint32_t depth = 0;

	for (uint32_t i = 0; i <= c->r->parts && !c->failed; i++) {
		struct record_part p;
		struct open *parent;

		while (depth > 0 && stack[depth - 1].part.next == i) {
			depth--;
			need(c, stack[depth].children == stack[depth].part.children);
		}
		if (i == c->r->parts || !record_part(c->r, i, &p))
			break;
		parent = depth > 0 ? &stack[depth - 1] : NULL;
		check_part_row(c, i, &p);
		check_kind(c, &p);
		check_place(c, i, &p, parent);
		check_part_envelope(c, &p, parent);
		if (parent != NULL) {
			parent->children++;
			parent->free_at = body_end(&p);
		}
		need(c, depth < RECORD_DEPTH_MAX);
		if (!c->failed)
			stack[depth++] = (struct open){ .part = p, .number = i, .free_at = p.body_at };
	}
	need(c, depth == 0);
}

enum err record_kept_check(struct str kept, uint64_t header_octets)
{
	struct record_kept k;
	uint64_t octets = 0;

	if (kept.len > RECORD_KEPT_OCTETS_MAX)
		return ERR_CORRUPT;
	while (kept.len > 0) {
		struct header_walk walk;
		struct header_field f;

		if (!record_kept_next(&kept, &k) || k.name.len == 0)
			return ERR_CORRUPT;
		octets += k.field.len;
		walk = header_walk(k.field);
		if (k.field.at != NULL && (!header_next(&walk, &f) || f.whole.len != k.field.len ||
						  f.name.len != k.name.len || k.field.at[k.field.len - 1] != '\n'))
			return ERR_CORRUPT;
	}
	return octets <= header_octets ? ERR_OK : ERR_CORRUPT;
}

static void check_kept(struct check *c)
{
	struct record_part root;

	if (c->r->kept.at == NULL)
		return;
	need(c, record_part(c->r, 0, &root) && record_kept_check(c->r->kept, root.header_octets) == ERR_OK);
	need(c, (c->r->flags & RECORD_OPAQUE) == 0);
}

enum err record_check(struct str record, uint64_t message_octets)
{
	struct record r;
	struct check c = { .r = &r };

	if (record.len > RECORD_OCTETS_MAX || record_open_view(record, &r) != ERR_OK)
		return ERR_CORRUPT;
	need(&c, r.message_octets == message_octets && message_octets <= RECORD_MESSAGE_OCTETS_MAX);
	need(&c, r.parts > 0 && r.parts <= RECORD_PARTS_MAX && (r.flags & ~RECORD_FLAGS_ALL) == 0);
	need(&c, utf8_valid(r.text) && !str_has_octet(r.text, '\r') && !str_has_octet(r.text, '\n') &&
			 !str_has_octet(r.text, 0));
	if (!c.failed)
		check_tree(&c);
	if (!c.failed)
		check_kept(&c);
	check_text_table(&c, params_at(&r), r.params, 2, false);
	check_text_table(&c, languages_at(&r), r.languages, 1, false);
	check_text_table(&c, addresses_at(&r), r.addresses, 4, true);
	/* Every row is used once, and all text together is no longer than the table. */
	need(&c, c.envelopes == r.envelopes && c.params == r.params && c.languages == r.languages);
	need(&c, c.addresses == r.addresses && c.text <= r.text.len);
	return c.failed ? ERR_CORRUPT : ERR_OK;
}
