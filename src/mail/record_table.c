#include "mail/record_table.h"

#include "base/cursor.h"
#include "base/utf8.h"
#include "mail/record_int.h"

#define MAGIC_1         0x31524d42u /* "BMR1": without kept fields */
#define FIXED_OCTETS_1  44u
#define MAGIC_2         0x32524d42u /* "BMR2" */
#define FIXED_OCTETS_2  48u
#define PART_OCTETS     140u
#define ENVELOPE_OCTETS 104u
#define PARAM_OCTETS    16u
#define LANGUAGE_OCTETS 8u
#define ADDRESS_OCTETS  32u
#define TEXT_ABSENT     UINT32_MAX /* offset of absent text; its length is 0 */

static uint64_t parts_at(const struct record *r)
{
	return r->fixed;
}

static uint64_t envelopes_at(const struct record *r)
{
	return parts_at(r) + (uint64_t)r->parts * PART_OCTETS;
}

static uint64_t params_at(const struct record *r)
{
	return envelopes_at(r) + (uint64_t)r->envelopes * ENVELOPE_OCTETS;
}

static uint64_t languages_at(const struct record *r)
{
	return params_at(r) + (uint64_t)r->params * PARAM_OCTETS;
}

static uint64_t addresses_at(const struct record *r)
{
	return languages_at(r) + (uint64_t)r->languages * LANGUAGE_OCTETS;
}

static uint64_t text_at(const struct record *r)
{
	return addresses_at(r) + (uint64_t)r->addresses * ADDRESS_OCTETS;
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

enum err record_table_open(struct str octets, struct record *ret)
{
	struct record r = { .octets = octets, .tables = true, .fixed = FIXED_OCTETS_2 };
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
	kept = magic == MAGIC_1 ? 0 : rd_u32(&in);
	if (magic == MAGIC_1)
		r.fixed = FIXED_OCTETS_1;
	if (magic == MAGIC_1 && (r.flags & RECORD_KEPT))
		rd_fail(&in);
	if (in.failed || (magic != MAGIC_2 && magic != MAGIC_1) || !fits(&r, text, kept))
		return ERR_CORRUPT;
	*ret = r;
	return ERR_OK;
}

struct table {
	uint64_t at;
	uint32_t count;
	size_t octets; /* of a row */
};

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
	rows.end = 0;
	return rows;
}

/* Takes the next row of a table off *rows. NULL: none is left, or it is not in the table. */
static const char *next_row(const struct record *r, struct record_rows *rows, struct table table)
{
	if (rows->count == 0 || rows->first >= table.count)
		return NULL;
	rows->count--;
	return row_at(r, table.at, rows->first++, table.octets);
}

bool record_table_part(const struct record *r, uint32_t i, struct record_part *ret)
{
	const char *in;
	uint32_t mixed;

	if (i >= r->parts)
		return false;
	in = row_at(r, parts_at(r), i, PART_OCTETS);
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

bool record_table_param(const struct record *r, struct record_rows *rows, struct record_param *ret)
{
	const char *in = next_row(r, rows, (struct table){ params_at(r), r->params, PARAM_OCTETS });

	if (in == NULL)
		return false;
	ret->name = get_text(&in, r);
	ret->value = get_text(&in, r);
	return true;
}

bool record_table_language(const struct record *r, struct record_rows *rows, struct str *ret)
{
	const char *in = next_row(r, rows, (struct table){ languages_at(r), r->languages, LANGUAGE_OCTETS });

	if (in == NULL)
		return false;
	*ret = get_text(&in, r);
	return true;
}

bool record_table_address(const struct record *r, struct record_rows *rows, struct record_address *ret)
{
	const char *in = next_row(r, rows, (struct table){ addresses_at(r), r->addresses, ADDRESS_OCTETS });

	if (in == NULL)
		return false;
	ret->name = get_text(&in, r);
	ret->adl = get_text(&in, r);
	ret->mailbox = get_text(&in, r);
	ret->host = get_text(&in, r);
	return true;
}

bool record_table_envelope(const struct record *r, uint32_t i, struct record_envelope *ret)
{
	const char *in;
	uint32_t flags;

	if (i >= r->envelopes)
		return false;
	in = row_at(r, envelopes_at(r), i, ENVELOPE_OCTETS);
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

/* ---- checking ---- */

static void need(struct record_table_check *c, bool cond)
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
	rows.end = 0;
	return rows;
}

/* A reference to text that is present, or absent where that is allowed. */
static void check_text(struct record_table_check *c, struct rd *in, bool may_be_absent)
{
	uint32_t at = rd_u32(in), octets = rd_u32(in);
	struct str text = c->r->text;

	if (at == TEXT_ABSENT) {
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

static void check_rows(struct record_table_check *c, struct record_rows rows, uint32_t table_count, uint32_t max)
{
	need(c, rows.count <= max);
	need(c, rows.first <= table_count && rows.count <= table_count - rows.first);
	need(c, rows.count > 0 || rows.first == 0);
}

static void check_addresses(struct record_table_check *c, struct rd *in)
{
	struct record_rows rows = rd_rows(in);

	check_rows(c, rows, c->r->addresses, RECORD_ADDRESSES_MAX);
	c->addresses += rows.count;
}

/* sender or reply_to: rows of its own, or those of from. */
static void check_or_from(struct record_table_check *c, struct rd *in, struct record_rows from, bool given)
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

static void check_envelope(struct record_table_check *c, uint32_t i)
{
	struct rd in = row(c->r, envelopes_at(c->r), i, ENVELOPE_OCTETS), from_in;
	struct record_envelope e;

	if (!record_table_envelope(c->r, i, &e)) {
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
static void check_text_table(struct record_table_check *c, uint64_t table, uint32_t count, uint32_t texts, bool may_be_absent)
{
	for (uint32_t i = 0; i < count && !c->failed; i++) {
		struct rd in = row(c->r, table, i, texts * 8);

		for (uint32_t n = 0; n < texts; n++)
			check_text(c, &in, may_be_absent);
	}
}

static void check_part_row(struct record_table_check *c, uint32_t i, const struct record_part *p)
{
	struct rd in = row(c->r, parts_at(c->r), i, PART_OCTETS);

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

bool record_table_begin_sound(struct record_table_check *c, const struct record *r)
{
	*c = (struct record_table_check){ .r = r };
	need(c, utf8_valid(r->text) && !str_has_octet(r->text, '\r') && !str_has_octet(r->text, '\n') &&
			!str_has_octet(r->text, 0));
	return !c->failed;
}

bool record_table_part_sound(struct record_table_check *c, uint32_t i, bool is_message)
{
	struct record_part p;

	if (!record_table_part(c->r, i, &p))
		return false;
	check_part_row(c, i, &p);
	need(c, p.envelope == (is_message ? c->envelopes : RECORD_NONE));
	if (is_message)
		check_envelope(c, c->envelopes++);
	return !c->failed;
}

bool record_table_end_sound(struct record_table_check *c)
{
	const struct record *r = c->r;

	check_text_table(c, params_at(r), r->params, 2, false);
	check_text_table(c, languages_at(r), r->languages, 1, false);
	check_text_table(c, addresses_at(r), r->addresses, 4, true);
	/* Every row is used once, and all text together is no longer than the table. */
	need(c, c->envelopes == r->envelopes && c->params == r->params && c->languages == r->languages);
	need(c, c->addresses == r->addresses && c->text <= r->text.len);
	return !c->failed;
}
