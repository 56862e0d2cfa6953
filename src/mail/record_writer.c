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
#include "mail/record_word.h"

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
	struct buf root;    /* envelope of the message */
	struct buf parts;   /* with the envelopes of messages inside */
	struct buf offsets; /* u32 for each part, of where it begins in parts */
	struct buf kept;
	struct buf list, text; /* what is put together just now */
	uint32_t flags, received, delivered;
	/* Of the part at hand. */
	struct found found[RECORD_HEADER_FIELDS_MAX];
	size_t found_count;
};

/* ---- numbers, texts, lists ---- */

static void put_number(struct buf *to, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		buf_put_octet(to, (char)(v | 0x80));
	buf_put_octet(to, (char)v);
}

static void put_signed(struct buf *to, int64_t v)
{
	put_number(to, (uint64_t)v << 1 ^ (uint64_t)(v >> 63));
}

static void put_absent(struct buf *to)
{
	put_number(to, 0);
}

/* What was put into w->text. */
static void put_collected(struct writer *w, struct buf *to)
{
	put_number(to, (uint64_t)(w->text.len + 1) << 1);
	buf_put(to, buf_str(&w->text));
}

/* Any octets as the text of a record; absent stays absent. */
static void put_text(struct writer *w, struct buf *to, struct str s)
{
	if (s.at == NULL) {
		put_absent(to);
		return;
	}
	buf_clear(&w->text);
	charset_guess_to_utf8(s, &w->text);
	for (size_t i = 0; i < w->text.len; i++) {
		if (w->text.at[i] == 0 || w->text.at[i] == '\r' || w->text.at[i] == '\n')
			w->text.at[i] = ' ';
	}
	put_collected(w, to);
}

/* Text that may be one of the words. */
static void put_word(struct writer *w, struct buf *to, struct str s)
{
	uint32_t word;

	if (s.at != NULL && s.len <= RECORD_WORD_OCTETS_MAX && record_word_find(s, &word))
		put_number(to, (uint64_t)word << 1 | 1);
	else
		put_text(w, to, s);
}

/* The rows that were put into w->list. */
static void put_list(struct writer *w, struct buf *to, uint32_t count)
{
	put_number(to, count);
	if (count > 0) {
		put_number(to, w->list.len);
		buf_put(to, buf_str(&w->list));
	}
	buf_clear(&w->list);
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

static void put_field(struct writer *w, struct buf *to, enum field field)
{
	struct str value = field_value(w, field);

	if (value.at == NULL) {
		put_absent(to);
		return;
	}
	buf_clear(&w->text);
	header_unfold_utf8(value, &w->text);
	put_collected(w, to);
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

/* ---- envelope ---- */

static void put_address(struct writer *w, const struct address *a)
{
	bool mailbox = a->kind == ADDRESS_MAILBOX;
	struct str local = a->kind == ADDRESS_GROUP_END ? STR_NONE : mailbox ? a->mailbox : a->name;

	put_text(w, &w->list, mailbox ? a->name : STR_NONE);
	put_text(w, &w->list, mailbox ? a->adl : STR_NONE);
	put_text(w, &w->list, local);
	put_text(w, &w->list, mailbox ? a->host : STR_NONE);
}

static void put_address_field(struct writer *w, struct str value, uint32_t *count)
{
	struct address_list list;
	struct address a;

	address_list_init(&list, value);
	while (address_list_next(&list, &a)) {
		/* Room is kept for the end of a group. */
		if (*count >= RECORD_ADDRESSES_MAX - 1 && a.kind != ADDRESS_GROUP_END) {
			bool member = list.in_group && a.kind == ADDRESS_MAILBOX;

			w->flags |= RECORD_TRUNCATED;
			a = (struct address){ .kind = ADDRESS_GROUP_END };
			if (member)
				put_address(w, &a);
			*count += member;
			break;
		}
		put_address(w, &a);
		(*count)++;
	}
	address_list_done(&list);
}

/* RFC 5322 section 4.5.3: lists of destinations that stand in several fields are one list. */
static uint32_t collect_addresses(struct writer *w, enum field field, bool all)
{
	uint32_t count = 0;

	for (size_t i = 0; i < w->found_count; i++) {
		if (w->found[i].field != field)
			continue;
		if (count + 2 <= RECORD_ADDRESSES_MAX)
			put_address_field(w, w->found[i].value, &count);
		if (!all)
			break;
	}
	return count;
}

static void put_addresses(struct writer *w, struct buf *to, enum field field, bool all)
{
	put_list(w, to, collect_addresses(w, field, all));
}

/* Sender and Reply-To: those of From when there is no address in them, and then nothing is put. */
static bool put_if_given(struct writer *w, struct buf *to, enum field field)
{
	uint32_t count = collect_addresses(w, field, false);

	if (count > 0)
		put_list(w, to, count);
	return count > 0;
}

static void put_envelope(struct writer *w, struct buf *to)
{
	struct maildate sent = { 0, 0 };
	size_t at = to->len;
	unsigned flags = 0;

	buf_put_octet(to, 0);
	if (maildate_get(field_value(w, FIELD_DATE), &sent) == ERR_OK) {
		flags |= RECORD_ENVELOPE_SENT_VALID;
		put_signed(to, sent.seconds);
		put_signed(to, sent.zone_minutes);
	}
	put_field(w, to, FIELD_DATE);
	put_field(w, to, FIELD_SUBJECT);
	put_field(w, to, FIELD_IN_REPLY_TO);
	put_field(w, to, FIELD_MESSAGE_ID);
	put_field(w, to, FIELD_REFERENCES);
	put_addresses(w, to, FIELD_FROM, false);
	flags |= put_if_given(w, to, FIELD_SENDER) ? RECORD_ENVELOPE_SENDER_GIVEN : 0;
	flags |= put_if_given(w, to, FIELD_REPLY_TO) ? RECORD_ENVELOPE_REPLY_TO_GIVEN : 0;
	put_addresses(w, to, FIELD_TO, true);
	put_addresses(w, to, FIELD_CC, true);
	put_addresses(w, to, FIELD_BCC, true);
	if (!buf_overflowed(to))
		to->at[at] = (char)flags;
}

/* ---- part ---- */

static void put_param(struct writer *w, struct str name, struct str value)
{
	put_word(w, &w->list, name.at ? name : S(""));
	put_word(w, &w->list, value.at ? value : S(""));
}

static void put_params(struct writer *w, struct buf *to, const struct params *p)
{
	for (size_t i = 0; i < p->count; i++)
		put_param(w, p->rows[i].name, p->rows[i].value);
	if (p->truncated)
		w->flags |= RECORD_TRUNCATED;
	put_list(w, to, (uint32_t)p->count);
}

static void put_languages(struct writer *w, struct buf *to)
{
	uint32_t count = 0;
	struct buf value;
	struct str rest, tag, item;

	buf_init(&value, BUF_NO_CEILING);
	header_unfold(field_value(w, FIELD_CONTENT_LANGUAGE), &value);
	rest = buf_str(&value);
	while (rest.len > 0 && count < RECORD_LANGUAGES_MAX) {
		if (!str_cut(&rest, ',', &item)) {
			item = rest;
			rest.len = 0;
		}
		tag = param_token(item, &item);
		if (tag.len == 0)
			continue;
		put_word(w, &w->list, tag);
		count++;
	}
	put_list(w, to, count);
	buf_done(&value);
}

/* Marks that turn the direction of text or hide in it: a file name shows itself as it is. */
static bool is_deceiving(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

/* The decoded name without path and marks, cut at FILENAME_OCTETS_MAX, into w->text. False: nothing is left of it. */
static bool collect_filename(struct writer *w, struct str name)
{
	struct str left = name, out;

	for (size_t i = 0; i < name.len; i++) {
		if (name.at[i] == '/' || name.at[i] == '\\')
			left = str_skip(name, i + 1);
	}
	left = str_trim(left);
	buf_clear(&w->text);
	while (left.len > 0 && w->text.len <= FILENAME_OCTETS_MAX - 4) {
		uint32_t c = utf8_next(&left);

		if (!is_deceiving(c))
			utf8_put(&w->text, c);
	}
	out = buf_str(&w->text);
	return out.len > 0 && !str_eq(out, S(".")) && !str_eq(out, S(".."));
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

/* False: it is the usual word of the encoding, and nothing was put. */
static bool put_encoding(struct writer *w, struct buf *to, enum record_encoding encoding)
{
	struct buf value;
	struct str token, rest;
	bool usual;

	buf_init(&value, BUF_NO_CEILING);
	header_unfold(field_value(w, FIELD_CONTENT_ENCODING), &value);
	token = param_token(buf_str(&value), &rest);
	if (token.len == 0)
		token = S("7bit");
	usual = str_eq(token, record_word_encoding(encoding));
	if (!usual)
		put_word(w, to, token);
	buf_done(&value);
	return !usual;
}

/* False: it has none, and nothing was put. */
static bool put_filename(struct writer *w, struct buf *to, const struct content *c)
{
	struct buf name;
	bool found;

	buf_init(&name, BUF_NO_CEILING);
	found = (filename_of(&c->disposition_params, S("filename"), S("filename*"), &name) ||
			filename_of(&c->type_params, S("name"), S("name*"), &name)) &&
		collect_filename(w, buf_str(&name));
	if (found)
		put_collected(w, to);
	buf_done(&name);
	return found;
}

static void put_type_params(struct writer *w, struct buf *to, const struct content *c)
{
	if (!c->plain) {
		put_params(w, to, &c->type_params);
		return;
	}
	put_param(w, S("charset"), S("us-ascii")); /* RFC 2045 section 5.2 */
	put_list(w, to, 1);
}

/* Fields that most parts have not; which of them there are. */
static uint32_t put_more(struct writer *w, struct buf *to, const struct content *c)
{
	static const struct {
		enum field field;
		uint32_t bit;
	} rows[] = { { FIELD_CONTENT_ID, RECORD_MORE_CONTENT_ID }, { FIELD_CONTENT_DESCRIPTION, RECORD_MORE_DESCRIPTION },
		{ FIELD_CONTENT_MD5, RECORD_MORE_MD5 }, { FIELD_CONTENT_LOCATION, RECORD_MORE_LOCATION } };
	uint32_t more = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (field_value(w, rows[i].field).at == NULL)
			continue;
		put_field(w, to, rows[i].field);
		more |= rows[i].bit;
	}
	if (c->disposition.at != NULL) {
		put_word(w, to, c->disposition);
		more |= RECORD_MORE_DISPOSITION;
	}
	if (put_filename(w, to, c))
		more |= RECORD_MORE_FILENAME;
	if (c->disposition_params.count > 0 || c->disposition_params.truncated) {
		put_params(w, to, &c->disposition_params);
		more |= RECORD_MORE_DISPOSITION_PARAMS;
	}
	if (field_value(w, FIELD_CONTENT_LANGUAGE).at != NULL) {
		put_languages(w, to);
		more |= RECORD_MORE_LANGUAGES;
	}
	return more;
}

/* What a part's row begins with. */
struct shape {
	unsigned octet;
	uint32_t more;
};

static void put_part_head(struct buf *to, const struct mime_part *p, uint32_t i, struct shape shape)
{
	buf_put_octet(to, (char)shape.octet);
	if (shape.more != 0)
		put_number(to, shape.more);
	if (i > 0) {
		put_number(to, i - p->parent);
		put_number(to, p->depth);
	}
	if (p->kind != RECORD_PART_LEAF) {
		put_number(to, p->next - i);
		put_number(to, p->children);
	}
	if (i > 0)
		put_number(to, p->header_at);
	put_number(to, p->header_octets);
	if (i > 0)
		put_number(to, p->body_octets);
	put_number(to, p->body_lines);
}

static struct shape shape_of(const struct mime_part *p, uint32_t more)
{
	struct shape s = { .more = p->flags | more };

	s.octet = (unsigned)p->kind | (unsigned)p->encoding << RECORD_SHAPE_ENCODING_SHIFT;
	s.octet |= s.more != 0 ? RECORD_SHAPE_MORE : 0;
	return s;
}

static void put_part(struct writer *w, uint32_t i, const struct mime_part *p)
{
	bool is_message = i == 0 || w->mime.parts[p->parent].kind == RECORD_PART_MESSAGE;
	struct wr offset = wr_to(&w->offsets);
	struct shape shape;
	struct content c;
	struct buf name, more;

	buf_init(&name, RECORD_OCTETS_MAX);
	buf_init(&more, RECORD_OCTETS_MAX);
	wr_u32(&offset, (uint32_t)w->parts.len);
	find_fields(w, str_sub(w->message, p->header_at, p->header_octets));
	read_content(w, p, &c);
	shape = shape_of(p, put_more(w, &more, &c));
	shape.octet |= put_encoding(w, &name, p->encoding) ? RECORD_SHAPE_ENCODING_NAME : 0;
	shape.octet |= is_message && i > 0 ? RECORD_SHAPE_ENVELOPE : 0;
	put_part_head(&w->parts, p, i, shape);
	put_word(w, &w->parts, c.type);
	put_word(w, &w->parts, c.subtype);
	buf_put(&w->parts, buf_str(&name));
	put_type_params(w, &w->parts, &c);
	buf_put(&w->parts, buf_str(&more));
	w->parts.overflowed |= buf_overflowed(&more);
	if (is_message)
		put_envelope(w, i == 0 ? &w->root : &w->parts);
	if (is_attachment(p, &c, shape.more & RECORD_MORE_FILENAME, shape.more & RECORD_MORE_CONTENT_ID))
		w->flags |= RECORD_HAS_ATTACHMENT;
	content_done(&c);
	buf_done(&name);
	buf_done(&more);
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

#define WRITER_BUFS(w) { &(w)->root, &(w)->parts, &(w)->offsets, &(w)->kept, &(w)->list, &(w)->text }

static void writer_init(struct writer *w)
{
	struct buf *all[] = WRITER_BUFS(w);

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		buf_init(all[i], RECORD_OCTETS_MAX);
	w->kept.ceiling = RECORD_KEPT_OCTETS_MAX;
}

static void writer_done(struct writer *w)
{
	struct buf *all[] = WRITER_BUFS(w);

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		buf_done(all[i]);
}

/* Where parts begin, but for the first. */
static void put_offsets(const struct writer *w, uint32_t count, struct buf *to)
{
	struct rd in = rd_from(buf_str(&w->offsets));
	struct wr o = wr_to(to);

	(void)rd_u32(&in);
	for (uint32_t i = 1; i < count; i++) {
		if (w->parts.len <= UINT16_MAX)
			wr_u16(&o, (uint16_t)rd_u32(&in));
		else
			wr_u32(&o, rd_u32(&in));
	}
}

static bool writer_overflowed(struct writer *w)
{
	struct buf *all[] = WRITER_BUFS(w);
	bool overflowed = false;

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		overflowed |= buf_overflowed(all[i]);
	return overflowed;
}

/* Puts it all one behind the other. */
static enum err writer_end(struct writer *w, uint32_t part_count, struct buf *to)
{
	size_t before = to->len;

	if (writer_overflowed(w))
		return ERR_TOOBIG;
	buf_put_octet(to, (char)RECORD_FORM);
	put_number(to, w->flags);
	put_number(to, w->message.len);
	put_number(to, w->received);
	put_number(to, w->delivered);
	put_number(to, part_count);
	put_number(to, w->root.len);
	put_number(to, w->parts.len);
	if (w->flags & RECORD_KEPT)
		put_number(to, w->kept.len);
	put_offsets(w, part_count, to);
	buf_put(to, buf_str(&w->root));
	buf_put(to, buf_str(&w->parts));
	buf_put(to, buf_str(&w->kept));
	return buf_overflowed(to) || to->len - before > RECORD_OCTETS_MAX ? ERR_TOOBIG : ERR_OK;
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
		put_part(w, i, &w->mime.parts[i]);
	e = writer_end(w, parts, to);
	writer_done(w);
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
	put_part(w, 0, &part);
	w->message.len = message_octets; /* only its length is known */
	e = writer_end(w, 1, to);
	writer_done(w);
	mem_free(w);
	return e;
}
