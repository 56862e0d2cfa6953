#include "mail/record_writer.h"

#include "base/cursor.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "mail/address.h"
#include "mail/charset.h"
#include "mail/encoded_word.h"
#include "mail/header.h"
#include "mail/maildate.h"
#include "mail/mime.h"
#include "mail/param.h"
#include "mail/record_int.h"

#define FILENAME_OCTETS_MAX 255

#define FIELD(id, name) FIELD_##id,
enum field {
#include "mail/record_field.tbl"
	FIELD_COUNT
};
#undef FIELD

static const struct str field_names[] = {
#define FIELD(id, name) S_INIT(name),
#include "mail/record_field.tbl"
#undef FIELD
};

struct found {
	enum field field;
	struct str value;
};

struct writer {
	struct str message;
	struct mime mime;
	struct buf parts, envelopes, params, languages, addresses, text, kept;
	uint32_t envelope_count, param_count, language_count, address_count;
	uint32_t flags, received, delivered;
	/* Of the part at hand. */
	struct found found[RECORD_HEADER_FIELDS_MAX];
	size_t found_count;
};

/* Where text lies in the table of text. */
struct ref {
	uint32_t at, octets;
};

static const struct ref ref_absent = { RECORD_TEXT_ABSENT, 0 };
static const struct record_rows no_rows = { 0, 0 };

static struct ref ref_from(const struct writer *w, size_t from)
{
	return (struct ref){ (uint32_t)from, (uint32_t)(w->text.len - from) };
}

/* Any octets as the text of a record; absent stays absent. */
static struct ref put_text(struct writer *w, struct str s)
{
	size_t from = w->text.len;

	if (s.at == NULL)
		return ref_absent;
	charset_guess_to_utf8(s, &w->text);
	for (size_t i = from; i < w->text.len; i++) {
		if (w->text.at[i] == 0 || w->text.at[i] == '\r' || w->text.at[i] == '\n')
			w->text.at[i] = ' ';
	}
	return ref_from(w, from);
}

/* The first field of that kind; absent when there is none. */
static struct str field_value(const struct writer *w, enum field field)
{
	for (size_t i = 0; i < w->found_count; i++) {
		if (w->found[i].field == field)
			return w->found[i].value;
	}
	return STR_NONE;
}

static struct ref put_field(struct writer *w, enum field field)
{
	struct str value = field_value(w, field);
	size_t from = w->text.len;

	if (value.at == NULL)
		return ref_absent;
	header_unfold_utf8(value, &w->text);
	return ref_from(w, from);
}

static void find_fields(struct writer *w, struct str header)
{
	struct mime_fields fields = mime_fields(header);
	struct header_field f;

	w->found_count = 0;
	while (mime_fields_next(&fields, &f)) {
		if (!str_is_ascii(f.value))
			w->flags |= RECORD_HEADER_8BIT;
		for (size_t i = 0; i < FIELD_COUNT; i++) {
			if (str_ieq(f.name, field_names[i]))
				w->found[w->found_count++] = (struct found){ (enum field)i, f.value };
		}
	}
	if (fields.truncated)
		w->flags |= RECORD_TRUNCATED;
}

static void wr_ref(struct wr *o, struct ref r)
{
	wr_u32(o, r.at);
	wr_u32(o, r.octets);
}

static void wr_rows(struct wr *o, struct record_rows r)
{
	wr_u32(o, r.first);
	wr_u32(o, r.count);
}

/* ---- envelope ---- */

static void put_address(struct writer *w, const struct address *a)
{
	struct wr o = wr_to(&w->addresses);
	bool mailbox = a->kind == ADDRESS_MAILBOX;
	struct ref name = mailbox ? put_text(w, a->name) : ref_absent;
	struct ref adl = mailbox ? put_text(w, a->adl) : ref_absent;
	struct ref local = ref_absent;

	if (a->kind != ADDRESS_GROUP_END)
		local = put_text(w, mailbox ? a->mailbox : a->name);
	wr_ref(&o, name);
	wr_ref(&o, adl);
	wr_ref(&o, local);
	wr_ref(&o, mailbox ? put_text(w, a->host) : ref_absent);
	w->address_count++;
}

static void put_address_field(struct writer *w, struct str value, struct record_rows *rows)
{
	struct address_list list;
	struct address a;

	address_list_init(&list, value);
	while (address_list_next(&list, &a)) {
		/* Room is kept for the end of a group. */
		if (rows->count >= RECORD_ADDRESSES_MAX - 1 && a.kind != ADDRESS_GROUP_END) {
			bool member = list.in_group && a.kind == ADDRESS_MAILBOX;

			w->flags |= RECORD_TRUNCATED;
			a = (struct address){ .kind = ADDRESS_GROUP_END };
			if (member)
				put_address(w, &a);
			rows->count += member;
			break;
		}
		put_address(w, &a);
		rows->count++;
	}
	address_list_done(&list);
}

/* RFC 5322 section 4.5.3: lists of destinations that stand in several fields are one list. */
static struct record_rows put_addresses(struct writer *w, enum field field, bool all)
{
	struct record_rows rows = { w->address_count, 0 };

	for (size_t i = 0; i < w->found_count; i++) {
		if (w->found[i].field != field)
			continue;
		if (rows.count + 2 <= RECORD_ADDRESSES_MAX)
			put_address_field(w, w->found[i].value, &rows);
		if (!all)
			break;
	}
	return rows.count ? rows : no_rows;
}

static void put_envelope(struct writer *w)
{
	struct wr o = wr_to(&w->envelopes);
	struct maildate sent = { 0, 0 };
	struct record_rows from, sender, reply_to;
	uint32_t flags = 0;

	wr_ref(&o, put_field(w, FIELD_DATE));
	wr_ref(&o, put_field(w, FIELD_SUBJECT));
	wr_ref(&o, put_field(w, FIELD_IN_REPLY_TO));
	wr_ref(&o, put_field(w, FIELD_MESSAGE_ID));
	wr_ref(&o, put_field(w, FIELD_REFERENCES));
	from = put_addresses(w, FIELD_FROM, false);
	sender = put_addresses(w, FIELD_SENDER, false);
	reply_to = put_addresses(w, FIELD_REPLY_TO, false);
	flags |= sender.count ? RECORD_ENVELOPE_SENDER_GIVEN : 0;
	flags |= reply_to.count ? RECORD_ENVELOPE_REPLY_TO_GIVEN : 0;
	wr_rows(&o, from);
	wr_rows(&o, sender.count ? sender : from);
	wr_rows(&o, reply_to.count ? reply_to : from);
	wr_rows(&o, put_addresses(w, FIELD_TO, true));
	wr_rows(&o, put_addresses(w, FIELD_CC, true));
	wr_rows(&o, put_addresses(w, FIELD_BCC, true));
	if (maildate_get(field_value(w, FIELD_DATE), &sent) == ERR_OK)
		flags |= RECORD_ENVELOPE_SENT_VALID;
	wr_u64(&o, (uint64_t)sent.seconds);
	wr_u32(&o, (uint32_t)sent.zone_minutes);
	wr_u32(&o, flags);
	w->envelope_count++;
}

/* ---- part ---- */

static void put_param(struct writer *w, struct str name, struct str value)
{
	struct wr o = wr_to(&w->params);

	wr_ref(&o, put_text(w, name));
	wr_ref(&o, put_text(w, value.at ? value : S("")));
	w->param_count++;
}

static struct record_rows put_params(struct writer *w, const struct params *p)
{
	struct record_rows rows = { w->param_count, (uint32_t)p->count };

	for (size_t i = 0; i < p->count; i++)
		put_param(w, p->rows[i].name, p->rows[i].value);
	if (p->truncated)
		w->flags |= RECORD_TRUNCATED;
	return rows.count ? rows : no_rows;
}

static struct record_rows put_languages(struct writer *w)
{
	struct record_rows rows = { w->language_count, 0 };
	struct buf value;
	struct str rest, tag, item;

	buf_init(&value, BUF_NO_CEILING);
	header_unfold(field_value(w, FIELD_CONTENT_LANGUAGE), &value);
	rest = buf_str(&value);
	while (rest.len > 0 && rows.count < RECORD_LANGUAGES_MAX) {
		struct wr o = wr_to(&w->languages);

		if (!str_cut(&rest, ',', &item)) {
			item = rest;
			rest.len = 0;
		}
		tag = param_token(item, &item);
		if (tag.len == 0)
			continue;
		wr_ref(&o, put_text(w, tag));
		rows.count++;
	}
	w->language_count += rows.count;
	buf_done(&value);
	return rows.count ? rows : no_rows;
}

/* Marks that turn the direction of text or hide in it: a file name shows itself as it is. */
static bool is_deceiving(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

/* The decoded name without path and marks, cut at FILENAME_OCTETS_MAX. */
static struct ref put_filename(struct writer *w, struct str name)
{
	size_t from = w->text.len, slash = STR_NPOS;
	struct str out;

	for (size_t i = 0; i < name.len; i++) {
		if (name.at[i] == '/' || name.at[i] == '\\')
			slash = i;
	}
	name = str_trim(slash == STR_NPOS ? name : str_skip(name, slash + 1));
	while (name.len > 0 && w->text.len - from <= FILENAME_OCTETS_MAX - 4) {
		uint32_t c = utf8_next(&name);

		if (!is_deceiving(c))
			utf8_put(&w->text, c);
	}
	out = str_sub(buf_str(&w->text), from, w->text.len);
	if (out.len == 0 || str_eq(out, S(".")) || str_eq(out, S(".."))) {
		w->text.len = from < w->text.len ? from : w->text.len;
		return ref_absent;
	}
	return ref_from(w, from);
}

/* True: decoded into `to`. */
static bool filename_of(const struct params *p, struct str plain, struct str extended, struct buf *to)
{
	struct str value = params_value(p, extended);

	if (value.at != NULL) {
		encoded_word_decode_param(value, to);
		return true;
	}
	value = params_value(p, plain);
	if (value.at == NULL)
		return false;
	encoded_word_decode(value, to); /* forbidden by RFC 2047, and common */
	return true;
}

struct content {
	struct str type, subtype;
	struct params type_params, disposition_params;
	struct buf type_text, disposition_text;
	struct str disposition; /* absent: no field */
	bool plain; /* it is not what its field says, but text/plain */
};

static void read_content_type(struct writer *w, const struct mime_part *p, struct content *c)
{
	struct str rest = STR_NONE;
	bool multipart;

	buf_init(&c->type_text, BUF_NO_CEILING);
	header_unfold(field_value(w, FIELD_CONTENT_TYPE), &c->type_text);
	c->plain = !param_media_type(buf_str(&c->type_text), &c->type, &c->subtype, &rest);
	multipart = !c->plain && str_ieq(c->type, S("multipart"));
	if ((p->flags & RECORD_PART_BROKEN) || (multipart && p->kind == RECORD_PART_LEAF))
		c->plain = true;
	if (c->plain) {
		c->type = S("text");
		c->subtype = S("plain");
	}
	if (p->flags & RECORD_PART_OPAQUE) {
		c->plain = false;
		c->type = S("application");
		c->subtype = S("octet-stream");
	} else if (c->plain && p->kind == RECORD_PART_MESSAGE) {
		c->plain = false; /* of a digest */
		c->type = S("message");
		c->subtype = S("rfc822");
	}
	params_read(c->plain ? STR_NONE : rest, &c->type_params);
}

static void read_content(struct writer *w, const struct mime_part *p, struct content *c)
{
	struct str rest = STR_NONE, disposition = field_value(w, FIELD_CONTENT_DISPOSITION);

	read_content_type(w, p, c);
	buf_init(&c->disposition_text, BUF_NO_CEILING);
	c->disposition = STR_NONE;
	if (disposition.at != NULL) {
		header_unfold(disposition, &c->disposition_text);
		c->disposition = param_token(buf_str(&c->disposition_text), &rest);
		if (c->disposition.len == 0)
			c->disposition = S("attachment"); /* RFC 2183 section 2.8 */
	}
	params_read(rest, &c->disposition_params);
}

static void content_done(struct content *c)
{
	params_done(&c->type_params);
	params_done(&c->disposition_params);
	buf_done(&c->type_text);
	buf_done(&c->disposition_text);
}

static bool is_attachment(const struct mime_part *p, const struct content *c, bool named, bool has_id)
{
	if (p->kind == RECORD_PART_MULTIPART || str_iends(c->subtype, S("signature")))
		return false;
	if (p->kind == RECORD_PART_MESSAGE || named || str_ieq(c->disposition, S("attachment")))
		return true;
	return !str_ieq(c->type, S("text")) && !has_id;
}

static struct ref put_encoding(struct writer *w)
{
	struct buf value;
	struct str token, rest;
	struct ref ref;

	buf_init(&value, BUF_NO_CEILING);
	header_unfold(field_value(w, FIELD_CONTENT_ENCODING), &value);
	token = param_token(buf_str(&value), &rest);
	if (token.len == 0)
		token = S("7bit");
	ref = put_text(w, token);
	buf_done(&value);
	return ref;
}

static struct ref put_name(struct writer *w, const struct content *c)
{
	struct buf name;
	struct ref ref = ref_absent;

	buf_init(&name, BUF_NO_CEILING);
	if (filename_of(&c->disposition_params, S("filename"), S("filename*"), &name) ||
		filename_of(&c->type_params, S("name"), S("name*"), &name))
		ref = put_filename(w, buf_str(&name));
	buf_done(&name);
	return ref;
}

static struct record_rows put_type_params(struct writer *w, const struct content *c)
{
	struct record_rows rows = { w->param_count, 1 };

	if (!c->plain)
		return put_params(w, &c->type_params);
	put_param(w, S("charset"), S("us-ascii")); /* RFC 2045 section 5.2 */
	return rows;
}

static void put_part_head(struct writer *w, const struct mime_part *p)
{
	struct wr o = wr_to(&w->parts);

	wr_u32(&o, p->parent);
	wr_u32(&o, p->next);
	wr_u32(&o, p->children);
	wr_u16(&o, (uint16_t)p->depth);
	wr_u8(&o, (uint8_t)p->kind);
	wr_u8(&o, (uint8_t)p->encoding);
	wr_u32(&o, p->flags);
	wr_u32(&o, p->header_at);
	wr_u32(&o, p->header_octets);
	wr_u32(&o, p->body_at);
	wr_u32(&o, p->body_octets);
	wr_u32(&o, p->body_lines);
}

static void put_part(struct writer *w, const struct mime_part *p)
{
	struct wr o = wr_to(&w->parts);
	bool is_message = p->parent == RECORD_NONE || w->mime.parts[p->parent].kind == RECORD_PART_MESSAGE;
	struct content c;
	struct ref id, filename;

	find_fields(w, str_sub(w->message, p->header_at, p->header_octets));
	read_content(w, p, &c);
	put_part_head(w, p);
	wr_ref(&o, put_text(w, c.type));
	wr_ref(&o, put_text(w, c.subtype));
	wr_ref(&o, put_encoding(w));
	id = put_field(w, FIELD_CONTENT_ID);
	wr_ref(&o, id);
	wr_ref(&o, put_field(w, FIELD_CONTENT_DESCRIPTION));
	wr_ref(&o, put_field(w, FIELD_CONTENT_MD5));
	wr_ref(&o, put_field(w, FIELD_CONTENT_LOCATION));
	wr_ref(&o, put_text(w, c.disposition));
	filename = put_name(w, &c);
	wr_ref(&o, filename);
	wr_rows(&o, put_type_params(w, &c));
	wr_rows(&o, put_params(w, &c.disposition_params));
	wr_rows(&o, put_languages(w));
	wr_u32(&o, is_message ? w->envelope_count : RECORD_NONE);
	if (is_message)
		put_envelope(w);
	if (is_attachment(p, &c, filename.at != RECORD_TEXT_ABSENT, id.at != RECORD_TEXT_ABSENT))
		w->flags |= RECORD_HAS_ATTACHMENT;
	content_done(&c);
}

/* ---- message ---- */

static void count_hops(struct writer *w)
{
	const struct mime_part *root = &w->mime.parts[0];
	struct header_walk walk = header_walk(str_sub(w->message, 0, root->header_octets));
	struct header_field f;

	while (header_next(&walk, &f)) {
		w->received += str_ieq(f.name, S("Received"));
		w->delivered += str_ieq(f.name, S("Delivered-To"));
	}
}

/* Long or for machines: nobody lists messages by them. */
static bool is_dull(struct str name)
{
	static const struct str beginnings[] = { S_INIT("Received"), S_INIT("X-Received"), S_INIT("DKIM-"),
		S_INIT("DomainKey-"), S_INIT("ARC-"), S_INIT("Authentication-Results"), S_INIT("X-Google-"), S_INIT("X-Gm-"),
		S_INIT("X-MS-"), S_INIT("X-Microsoft-"), S_INIT("X-Forefront-"), S_INIT("X-Spam-"), S_INIT("List-Unsubscribe") };
	bool is = false;

	for (size_t i = 0; i < sizeof(beginnings) / sizeof(*beginnings) && !is; i++)
		is = str_istarts(name, beginnings[i]);
	return is;
}

static bool is_left_out(const struct writer *w, struct str name)
{
	struct str rest = buf_str(&w->kept);
	struct record_kept k;

	while (record_kept_next(&rest, &k)) {
		if (k.field.at == NULL && str_ieq(k.name, name))
			return true;
	}
	return false;
}

static void keep_field(struct writer *w, const struct header_field *f)
{
	struct wr o = wr_to(&w->kept);
	bool out = f->whole.len > RECORD_KEPT_FIELD_MAX || is_dull(f->name);

	if (out && is_left_out(w, f->name))
		return;
	wr_u8(&o, (uint8_t)f->name.len);
	wr_u16(&o, out ? 0 : (uint16_t)f->whole.len);
	wr_octets(&o, out ? f->name : f->whole);
}

/* All or, when there is too much even to name or a line does not end, nothing. */
static void keep_fields(struct writer *w)
{
	struct mime_fields fields = mime_fields(str_sub(w->message, 0, w->mime.parts[0].header_octets));
	struct header_field f;
	bool good = true;

	while (good && mime_fields_next(&fields, &f)) {
		good = f.name.len <= UINT8_MAX && f.name.at == f.whole.at && f.whole.at[f.whole.len - 1] == '\n';
		if (good)
			keep_field(w, &f);
		good = good && !buf_overflowed(&w->kept);
	}
	if (good && !fields.truncated)
		w->flags |= RECORD_KEPT;
	else
		buf_clear(&w->kept);
}

static uint32_t octet_flags(struct str s)
{
	uint32_t flags = 0;
	char before = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.at[i];

		if ((c == '\n') != (before == '\r'))
			flags |= RECORD_HAS_BARE_CR_LF;
		if (c == 0)
			flags |= RECORD_HAS_NUL;
		if ((unsigned char)c > 0x7f)
			flags |= RECORD_HAS_8BIT;
		before = c;
	}
	return before == '\r' ? flags | RECORD_HAS_BARE_CR_LF : flags;
}

static void writer_init(struct writer *w)
{
	struct buf *all[] = { &w->parts, &w->envelopes, &w->params, &w->languages, &w->addresses, &w->text, &w->kept };

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		buf_init(all[i], RECORD_OCTETS_MAX);
	w->kept.ceiling = RECORD_KEPT_OCTETS_MAX;
}

/* Puts the tables one behind the other and lets go of them. */
static enum err writer_end(struct writer *w, uint32_t part_count, struct buf *to)
{
	struct buf *all[] = { &w->parts, &w->envelopes, &w->params, &w->languages, &w->addresses, &w->text, &w->kept };
	struct wr o = wr_to(to);
	size_t octets = RECORD_FIXED_OCTETS;
	bool overflowed = false;

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		octets += all[i]->len;
		overflowed |= buf_overflowed(all[i]);
	}
	if (octets > RECORD_OCTETS_MAX)
		overflowed = true;
	wr_u32(&o, RECORD_MAGIC);
	wr_u32(&o, w->flags);
	wr_u32(&o, (uint32_t)w->message.len);
	wr_u32(&o, w->received);
	wr_u32(&o, w->delivered);
	wr_u32(&o, part_count);
	wr_u32(&o, w->envelope_count);
	wr_u32(&o, w->param_count);
	wr_u32(&o, w->language_count);
	wr_u32(&o, w->address_count);
	wr_u32(&o, (uint32_t)w->text.len);
	wr_u32(&o, (uint32_t)w->kept.len);
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		if (!overflowed)
			wr_octets(&o, buf_str(all[i]));
		buf_done(all[i]);
	}
	return overflowed ? ERR_TOOBIG : wr_end(&o);
}

enum err record_writer_run(struct str message, struct buf *to)
{
	struct writer *w;
	uint32_t parts;
	enum err e;

	if (message.len > RECORD_MESSAGE_OCTETS_MAX)
		return ERR_TOOBIG;
	w = MEM_NEW(struct writer);
	writer_init(w);
	w->message = message;
	mime_parse(message, &w->mime);
	parts = w->mime.count;
	w->flags = octet_flags(message);
	if (w->mime.truncated)
		w->flags |= RECORD_TRUNCATED;
	count_hops(w);
	keep_fields(w);
	for (uint32_t i = 0; i < parts; i++)
		put_part(w, &w->mime.parts[i]);
	e = writer_end(w, parts, to);
	mime_done(&w->mime);
	mem_free(w);
	return e;
}

enum err record_writer_opaque(uint64_t message_octets, struct buf *to)
{
	struct writer *w;
	struct mime_part part = { .parent = RECORD_NONE,
		.next = 1,
		.flags = RECORD_PART_BROKEN | RECORD_PART_DEFAULT_TYPE };
	enum err e;

	if (message_octets > RECORD_MESSAGE_OCTETS_MAX)
		return ERR_TOOBIG;
	w = MEM_NEW(struct writer);
	writer_init(w);
	w->flags = RECORD_OPAQUE | RECORD_TRUNCATED;
	part.body_octets = (uint32_t)message_octets;
	put_part(w, &part);
	w->message.len = message_octets; /* only its length is known */
	e = writer_end(w, 1, to);
	mem_free(w);
	return e;
}
