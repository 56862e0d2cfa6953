#include "mail/record_compact.h"

#include <endian.h>

#include "base/utf8.h"
#include "mail/record_int.h"
#include "mail/record_word.h"

/*
 * Over octets of the record; sticky: after a failure everything reads as zero or absent. What reads by it is put into its callers,
 * and takes its address nowhere else, so that it stays in registers: four parts with 20 numbers each are read for each message of a
 * FETCH BODYSTRUCTURE.
 */
struct walk {
	const char *at, *end;
	bool failed;
};

#define IN_REGISTERS static inline __attribute__((always_inline))

IN_REGISTERS void begin(struct walk *w, const struct record *r, uint64_t from, uint64_t to)
{
	w->failed = from > to || to > r->octets.len;
	w->at = w->failed ? NULL : r->octets.at + from;
	w->end = w->failed ? NULL : r->octets.at + to;
}

IN_REGISTERS uint32_t place(const struct record *r, const struct walk *w)
{
	return w->failed ? 0 : (uint32_t)(w->at - r->octets.at);
}

IN_REGISTERS uint64_t spoil(struct walk *w)
{
	w->failed = true;
	w->at = w->end = NULL;
	return 0;
}

IN_REGISTERS unsigned get_octet(struct walk *w)
{
	return w->at != w->end ? (unsigned char)*w->at++ : (unsigned)spoil(w);
}

struct wide {
	const char *at; /* behind it; NULL: it does not end */
	uint64_t value;
};

/* Seven bits an octet, the lowest first; the high bit says that more follow. */
static struct wide read_wide(const char *at, const char *end)
{
	struct wide w = { NULL, 0 };

	for (unsigned shift = 0; at != end && shift < 63; shift += 7) {
		unsigned octet = (unsigned char)*at++;

		w.value |= (uint64_t)(octet & 0x7f) << shift;
		if (octet < 0x80) {
			w.at = at;
			return w;
		}
	}
	return w;
}

IN_REGISTERS uint64_t get_wide(struct walk *w)
{
	struct wide wide = read_wide(w->at, w->end);

	if (wide.at == NULL)
		return spoil(w);
	w->at = wide.at;
	return wide.value;
}

IN_REGISTERS uint32_t get_number(struct walk *w)
{
	uint64_t v;

	if (w->at != w->end && (unsigned char)*w->at < 0x80)
		return (unsigned char)*w->at++;
	v = get_wide(w);
	return (uint32_t)(v <= UINT32_MAX ? v : spoil(w));
}

/* Zero, then -1, 1, -2, 2 ... */
IN_REGISTERS int64_t get_signed(struct walk *w)
{
	uint64_t v = get_wide(w);

	return (int64_t)(v >> 1 ^ (0 - (v & 1)));
}

/* 0: absent; odd: a word; even: so many octets and one more, twice. */
IN_REGISTERS struct str get_text(struct walk *w)
{
	uint32_t v = get_number(w);
	struct str s;

	if (v == 0)
		return STR_NONE;
	if (v & 1) {
		s = record_word(v >> 1);
		if (s.at == NULL)
			spoil(w);
		return s;
	}
	s = str_make(w->at, (v >> 1) - 1);
	if (s.len > (size_t)(w->end - w->at)) {
		spoil(w);
		return STR_NONE;
	}
	w->at += s.len;
	return s;
}

IN_REGISTERS struct record_rows get_list(const struct record *r, struct walk *w)
{
	struct record_rows rows = { 0, 0, 0 };
	uint32_t count = get_number(w), octets;

	if (count == 0)
		return rows;
	octets = get_number(w);
	if (octets > (size_t)(w->end - w->at))
		spoil(w);
	if (w->failed)
		return rows;
	rows.count = count;
	rows.first = place(r, w);
	rows.end = rows.first + octets;
	w->at += octets;
	return rows;
}

/* ---- head ---- */

static unsigned offset_octets(uint64_t parts)
{
	return parts <= UINT16_MAX ? 2 : 4;
}

enum err record_compact_open(struct str octets, struct record *ret)
{
	struct walk in = { .at = octets.at + (octets.len > 0), .end = octets.at + octets.len };
	uint32_t flags = get_number(&in), message = get_number(&in), received = get_number(&in), delivered = get_number(&in);
	uint32_t count = get_number(&in), envelope = get_number(&in), parts = get_number(&in);
	uint32_t kept = flags & RECORD_KEPT ? get_number(&in) : 0, offsets;
	uint64_t end;

	if (in.failed || count == 0 || octets.len > RECORD_OCTETS_MAX)
		return ERR_CORRUPT;
	offsets = (uint32_t)(in.at - octets.at);
	end = offsets + (uint64_t)(count - 1) * offset_octets(parts) + envelope + parts;
	if (end != octets.len && end + kept != octets.len)
		return ERR_CORRUPT;
	*ret = (struct record){ .octets = octets,
		.flags = flags,
		.message_octets = message,
		.received = received,
		.delivered = delivered,
		.parts = count,
		.offsets_at = offsets,
		.envelope_at = (uint32_t)(end - parts - envelope),
		.parts_at = (uint32_t)(end - parts),
		.parts_end = (uint32_t)end };
	if ((flags & RECORD_KEPT) && end + kept == octets.len)
		ret->kept = kept > 0 ? str_skip(octets, (size_t)end) : S("");
	return ERR_OK;
}

/* ---- parts ---- */

/* Where part i begins, in octets of the record. */
static uint64_t part_at(const struct record *r, uint32_t i)
{
	const char *at = r->octets.at + r->offsets_at;
	uint32_t wide;
	uint16_t narrow;

	if (i == 0)
		return r->parts_at;
	if (offset_octets(r->parts_end - r->parts_at) == sizeof(narrow)) {
		memcpy(&narrow, at + (size_t)(i - 1) * sizeof(narrow), sizeof(narrow));
		return r->parts_at + (uint64_t)le16toh(narrow);
	}
	memcpy(&wide, at + (size_t)(i - 1) * sizeof(wide), sizeof(wide));
	return r->parts_at + (uint64_t)le32toh(wide);
}

IN_REGISTERS void read_tree(struct walk *in, uint32_t i, struct record_part *p)
{
	p->parent = i == 0 ? RECORD_NONE : i - get_number(in);
	p->depth = i == 0 ? 0 : get_number(in);
	p->next = i + 1;
	p->children = 0;
	if (p->kind != RECORD_PART_LEAF) {
		p->next = i + get_number(in);
		p->children = get_number(in);
	}
}

IN_REGISTERS void read_place(const struct record *r, struct walk *in, uint32_t i, struct record_part *p)
{
	uint64_t body;

	p->header_at = i == 0 ? 0 : get_number(in);
	p->header_octets = get_number(in);
	body = (uint64_t)p->header_at + p->header_octets;
	if (body > r->message_octets)
		body = spoil(in);
	p->body_at = (uint32_t)body;
	p->body_octets = i == 0 ? r->message_octets - p->body_at : get_number(in);
	p->body_lines = get_number(in);
}

IN_REGISTERS struct str text_if(struct walk *in, uint32_t more, uint32_t bit)
{
	return more & bit ? get_text(in) : STR_NONE;
}

IN_REGISTERS struct record_rows list_if(const struct record *r, struct walk *in, uint32_t more, uint32_t bit)
{
	return more & bit ? get_list(r, in) : (struct record_rows){ 0, 0, 0 };
}

IN_REGISTERS bool read_part(const struct record *r, struct walk *in, uint32_t i, struct record_part *p)
{
	unsigned shape = get_octet(in);
	uint32_t more = shape & RECORD_SHAPE_MORE ? get_number(in) : 0;

	p->kind = (enum record_part_kind)(shape & RECORD_SHAPE_KIND);
	p->encoding = (enum record_encoding)((shape & RECORD_SHAPE_ENCODING) >> RECORD_SHAPE_ENCODING_SHIFT);
	p->flags = more & RECORD_PART_FLAGS_ALL;
	read_tree(in, i, p);
	read_place(r, in, i, p);
	p->type = get_text(in);
	p->subtype = get_text(in);
	p->encoding_name = shape & RECORD_SHAPE_ENCODING_NAME ? get_text(in) : record_word_encoding(p->encoding);
	p->params = get_list(r, in);
	p->content_id = text_if(in, more, RECORD_MORE_CONTENT_ID);
	p->description = text_if(in, more, RECORD_MORE_DESCRIPTION);
	p->md5 = text_if(in, more, RECORD_MORE_MD5);
	p->location = text_if(in, more, RECORD_MORE_LOCATION);
	p->disposition = text_if(in, more, RECORD_MORE_DISPOSITION);
	p->filename = text_if(in, more, RECORD_MORE_FILENAME);
	p->disposition_params = list_if(r, in, more, RECORD_MORE_DISPOSITION_PARAMS);
	p->languages = list_if(r, in, more, RECORD_MORE_LANGUAGES);
	p->envelope = i == 0 ? 0 : shape & RECORD_SHAPE_ENVELOPE ? place(r, in) : RECORD_NONE;
	return !in->failed && more <= RECORD_MORE_ALL && p->kind < RECORD_PART_KIND_COUNT && p->encoding < RECORD_ENCODING_COUNT;
}

bool record_compact_part(const struct record *r, uint32_t i, struct record_part *ret)
{
	struct walk in;

	if (i >= r->parts)
		return false;
	begin(&in, r, part_at(r, i), r->parts_end);
	return read_part(r, &in, i, ret);
}

/* ---- envelope ---- */

IN_REGISTERS bool read_envelope(const struct record *r, struct walk *in, struct record_envelope *e)
{
	unsigned flags = get_octet(in);
	int64_t zone = 0;

	e->sent_valid = flags & RECORD_ENVELOPE_SENT_VALID;
	e->sender_given = flags & RECORD_ENVELOPE_SENDER_GIVEN;
	e->reply_to_given = flags & RECORD_ENVELOPE_REPLY_TO_GIVEN;
	e->sent_seconds = e->sent_valid ? get_signed(in) : 0;
	if (e->sent_valid)
		zone = get_signed(in);
	e->sent_zone_minutes = (int32_t)zone;
	e->date = get_text(in);
	e->subject = get_text(in);
	e->in_reply_to = get_text(in);
	e->message_id = get_text(in);
	e->references = get_text(in);
	e->from = get_list(r, in);
	e->sender = e->sender_given ? get_list(r, in) : e->from;
	e->reply_to = e->reply_to_given ? get_list(r, in) : e->from;
	e->to = get_list(r, in);
	e->cc = get_list(r, in);
	e->bcc = get_list(r, in);
	return !in->failed && flags <= RECORD_ENVELOPE_FLAGS_ALL && zone > -24 * 60 && zone < 24 * 60;
}

bool record_compact_envelope(const struct record *r, uint32_t envelope, struct record_envelope *ret)
{
	struct walk in;

	begin(&in, r, envelope == 0 ? r->envelope_at : envelope, envelope == 0 ? r->parts_at : r->parts_end);
	return read_envelope(r, &in, ret);
}

/* ---- rows ---- */

IN_REGISTERS void begin_row(struct walk *w, const struct record *r, const struct record_rows *rows)
{
	begin(w, r, rows->count > 0 ? rows->first : 1, rows->count > 0 ? rows->end : 0);
}

IN_REGISTERS bool end_row(const struct record *r, const struct walk *in, struct record_rows *rows)
{
	if (in->failed)
		return false;
	rows->first = place(r, in);
	rows->count--;
	return true;
}

bool record_compact_param(const struct record *r, struct record_rows *rows, struct record_param *ret)
{
	struct walk in;

	begin_row(&in, r, rows);
	ret->name = get_text(&in);
	ret->value = get_text(&in);
	return end_row(r, &in, rows);
}

bool record_compact_language(const struct record *r, struct record_rows *rows, struct str *ret)
{
	struct walk in;

	begin_row(&in, r, rows);
	*ret = get_text(&in);
	return end_row(r, &in, rows);
}

bool record_compact_address(const struct record *r, struct record_rows *rows, struct record_address *ret)
{
	struct walk in;

	begin_row(&in, r, rows);
	ret->name = get_text(&in);
	ret->adl = get_text(&in);
	ret->mailbox = get_text(&in);
	ret->host = get_text(&in);
	return end_row(r, &in, rows);
}

/* ---- checking ---- */

static bool is_text(struct str s)
{
	return utf8_valid(s) && !str_has_octet(s, '\r') && !str_has_octet(s, '\n') && !str_has_octet(s, 0);
}

static bool is_there(struct str s)
{
	return s.at != NULL && is_text(s);
}

/* Rows up to its end, and no octet more. */
static bool is_whole(const struct record_rows *rows)
{
	return rows->count == 0 && rows->first == rows->end;
}

static bool params_sound(const struct record *r, struct record_rows rows)
{
	struct record_param p;
	bool sound = rows.count <= RECORD_PARAMS_MAX;

	while (sound && record_compact_param(r, &rows, &p))
		sound = is_there(p.name) && is_there(p.value);
	return sound && is_whole(&rows);
}

static bool languages_sound(const struct record *r, struct record_rows rows)
{
	struct str tag;
	bool sound = rows.count <= RECORD_LANGUAGES_MAX;

	while (sound && record_compact_language(r, &rows, &tag))
		sound = is_there(tag);
	return sound && is_whole(&rows);
}

static bool addresses_sound(const struct record *r, struct record_rows rows)
{
	struct record_address a;
	bool sound = rows.count <= RECORD_ADDRESSES_MAX;

	while (sound && record_compact_address(r, &rows, &a))
		sound = is_text(a.name) && is_text(a.adl) && is_text(a.mailbox) && is_text(a.host);
	return sound && is_whole(&rows);
}

static bool envelope_sound(const struct record *r, struct walk *in)
{
	const int64_t far = INT64_C(1) << 40;
	struct record_envelope e;

	return read_envelope(r, in, &e) && e.sent_seconds >= -far && e.sent_seconds <= far && is_text(e.date) &&
	       is_text(e.subject) && is_text(e.in_reply_to) && is_text(e.message_id) && is_text(e.references) &&
	       (!e.sender_given || e.sender.count > 0) && (!e.reply_to_given || e.reply_to.count > 0) &&
	       addresses_sound(r, e.from) && (!e.sender_given || addresses_sound(r, e.sender)) &&
	       (!e.reply_to_given || addresses_sound(r, e.reply_to)) && addresses_sound(r, e.to) &&
	       addresses_sound(r, e.cc) && addresses_sound(r, e.bcc);
}

static bool part_texts_sound(const struct record *r, const struct record_part *p)
{
	return is_there(p->type) && p->type.len > 0 && is_there(p->subtype) && p->subtype.len > 0 &&
	       is_there(p->encoding_name) && p->encoding_name.len > 0 && is_text(p->content_id) &&
	       is_text(p->description) && is_text(p->md5) && is_text(p->location) && is_text(p->disposition) &&
	       is_text(p->filename) && params_sound(r, p->params) && params_sound(r, p->disposition_params) &&
	       languages_sound(r, p->languages);
}

static bool is_own_envelope(const struct record *r, uint32_t at)
{
	return (unsigned char)r->octets.at[at] & RECORD_SHAPE_ENVELOPE;
}

bool record_compact_part_sound(const struct record *r, uint32_t i, bool is_message, uint32_t *at)
{
	struct walk in, root;
	struct record_part p;

	begin(&in, r, *at, r->parts_end);
	begin(&root, r, r->envelope_at, r->parts_at);
	if (part_at(r, i) != *at || !read_part(r, &in, i, &p) || !part_texts_sound(r, &p))
		return false;
	/* That of the whole message stands in front of all parts. */
	if (i == 0 && (is_own_envelope(r, *at) || !envelope_sound(r, &root) || root.at != root.end))
		return false;
	if (i > 0 && (is_message != (p.envelope != RECORD_NONE) || (is_message && !envelope_sound(r, &in))))
		return false;
	*at = place(r, &in);
	return true;
}
