#include "wire/imap_record.h"

#include "mail/encoded_word.h"
#include "wire/imap_write.h"

/* What all writers here need to know. */
struct writer {
	struct buf *to;
	const struct record *r;
	bool extended;
	bool utf8;
	bool decoded;
};

static void put_nstring(const struct writer *w, struct str s)
{
	imap_put_nstring(w->to, s, w->utf8);
}

static void blank_nstring(const struct writer *w, struct str s)
{
	buf_put_octet(w->to, ' ');
	put_nstring(w, s);
}

static void put_address(const struct writer *w, const struct record_address *a)
{
	buf_put_octet(w->to, '(');
	put_nstring(w, a->name);
	blank_nstring(w, a->adl);
	blank_nstring(w, a->mailbox);
	blank_nstring(w, a->host);
	buf_put_octet(w->to, ')');
}

/* A blank, then NIL or the addresses with nothing between them. */
static void blank_addresses(const struct writer *w, struct record_rows rows)
{
	struct record_address a;
	bool any = false;

	buf_put_octet(w->to, ' ');
	for (; record_address_next(w->r, &rows, &a); any = true) {
		if (!any)
			buf_put_octet(w->to, '(');
		put_address(w, &a);
	}
	buf_put_c(w->to, any ? ")" : "NIL");
}

/* What stands in the answer already from an octet on. */
struct told {
	struct record_rows rows;
	size_t at, octets;
};

static struct told blank_first(const struct writer *w, struct record_rows rows)
{
	struct told t = { .rows = rows, .at = w->to->len };

	blank_addresses(w, rows);
	t.octets = w->to->len - t.at;
	return t;
}

/* Sender and Reply-To are From's mostly. */
static void blank_again(const struct writer *w, struct record_rows rows, const struct told *t)
{
	char *room;

	if (rows.first != t->rows.first || rows.count != t->rows.count) {
		blank_addresses(w, rows);
		return;
	}
	room = buf_room(w->to, t->octets);
	if (room == NULL)
		return;
	memcpy(room, w->to->at + t->at, t->octets);
	buf_added(w->to, t->octets);
}

static void put_envelope(const struct writer *w, uint32_t number)
{
	UNZEROED struct record_envelope e;
	struct told from;

	if (number == RECORD_NONE || !record_envelope(w->r, number, &e))
		memset(&e, 0, sizeof(e));
	buf_put_octet(w->to, '(');
	put_nstring(w, e.date);
	blank_nstring(w, e.subject);
	from = blank_first(w, e.from);
	blank_again(w, e.sender, &from);
	blank_again(w, e.reply_to, &from);
	blank_addresses(w, e.to);
	blank_addresses(w, e.cc);
	blank_addresses(w, e.bcc);
	blank_nstring(w, e.in_reply_to);
	blank_nstring(w, e.message_id);
	buf_put_octet(w->to, ')');
}

void imap_record_put_envelope(struct buf *to, const struct record *r, uint32_t envelope, bool utf8)
{
	struct writer w = { .to = to, .r = r, .utf8 = utf8 };

	put_envelope(&w, envelope);
}

static void put_value(const struct writer *w, const struct record_param *p)
{
	struct buf text;

	if (!w->decoded || !str_ends(p->name, S("*"))) {
		imap_put_string(w->to, p->value, w->utf8);
		return;
	}
	buf_init(&text, BUF_NO_CEILING);
	encoded_word_decode_param(p->value, &text);
	imap_put_string(w->to, buf_str(&text), w->utf8);
	buf_done(&text);
}

/* body-fld-param: NIL or ("name" "value" ...). */
static void blank_params(const struct writer *w, struct record_rows rows)
{
	struct record_param p;
	bool any = false;

	buf_put_octet(w->to, ' ');
	for (; record_param_next(w->r, &rows, &p); any = true) {
		buf_put_octet(w->to, any ? ' ' : '(');
		imap_put_string(w->to, p.name, w->utf8);
		buf_put_octet(w->to, ' ');
		put_value(w, &p);
	}
	buf_put_c(w->to, any ? ")" : "NIL");
}

static void blank_languages(const struct writer *w, struct record_rows rows)
{
	struct str language;
	bool any = false;

	buf_put_octet(w->to, ' ');
	for (; record_language_next(w->r, &rows, &language); any = true) {
		buf_put_octet(w->to, any ? ' ' : '(');
		imap_put_string(w->to, language, w->utf8);
	}
	buf_put_c(w->to, any ? ")" : "NIL");
}

/* Disposition, languages, location: the same for all kinds. */
static void blank_extension(const struct writer *w, const struct record_part *p)
{
	if (p->disposition.at == NULL) {
		buf_put_c(w->to, " NIL");
	} else {
		buf_put_c(w->to, " (");
		imap_put_string(w->to, p->disposition, w->utf8);
		blank_params(w, p->disposition_params);
		buf_put_octet(w->to, ')');
	}
	blank_languages(w, p->languages);
	blank_nstring(w, p->location);
}

/* body-type-1part as far as it goes before the envelope, the lines and the extension. */
static void put_fields(const struct writer *w, const struct record_part *p)
{
	buf_put_octet(w->to, '(');
	imap_put_string(w->to, p->type, w->utf8);
	buf_put_octet(w->to, ' ');
	imap_put_string(w->to, p->subtype, w->utf8);
	blank_params(w, p->params);
	blank_nstring(w, p->content_id);
	blank_nstring(w, p->description);
	buf_put_octet(w->to, ' ');
	imap_put_string(w->to, p->encoding_name, w->utf8);
	buf_put_octet(w->to, ' ');
	buf_put_u64(w->to, p->body_octets);
}

static void put_single_end(const struct writer *w, const struct record_part *p)
{
	if (w->extended) {
		blank_nstring(w, p->md5);
		blank_extension(w, p);
	}
	buf_put_octet(w->to, ')');
}

static void blank_lines(const struct writer *w, const struct record_part *p)
{
	buf_put_octet(w->to, ' ');
	buf_put_u64(w->to, p->body_lines);
}

static void put_leaf(const struct writer *w, const struct record_part *p)
{
	put_fields(w, p);
	if (str_ieq(p->type, S("TEXT")))
		blank_lines(w, p);
	put_single_end(w, p);
}

/* What stands in front of the parts inside. */
static void open_part(const struct writer *w, const struct record_part *p, uint32_t inner_envelope)
{
	if (p->kind == RECORD_PART_MULTIPART) {
		buf_put_octet(w->to, '(');
		return;
	}
	put_fields(w, p);
	buf_put_octet(w->to, ' ');
	put_envelope(w, inner_envelope);
	buf_put_octet(w->to, ' ');
}

static void close_part(const struct writer *w, const struct record_part *p)
{
	if (p->kind == RECORD_PART_MESSAGE) {
		blank_lines(w, p);
		put_single_end(w, p);
		return;
	}
	buf_put_octet(w->to, ' ');
	imap_put_string(w->to, p->subtype, w->utf8);
	if (w->extended) {
		blank_params(w, p->params);
		blank_extension(w, p);
	}
	buf_put_octet(w->to, ')');
}

/* It has parts inside, and they are shown. */
static bool is_open(const struct writer *w, const struct record_part *p)
{
	return p->kind == RECORD_PART_MULTIPART ||
	       (p->kind == RECORD_PART_MESSAGE && (w->utf8 || !str_ieq(p->subtype, S("global"))));
}

/* A part that is shown so far up to its parts inside. */
struct open {
	uint32_t part, next;
};

/* Those that end in front of part i. False: not to be had. */
static bool close_parts(const struct writer *w, const struct open *open, uint32_t *depth, uint32_t i)
{
	UNZEROED struct record_part p;

	for (; *depth > 0 && open[*depth - 1].next <= i; (*depth)--) {
		if (!record_part(w->r, open[*depth - 1].part, &p))
			return false;
		close_part(w, &p);
	}
	return true;
}

/* The envelope of the message inside it. */
static bool inner_envelope(const struct writer *w, uint32_t i, const struct record_part *p, uint32_t *ret)
{
	UNZEROED struct record_part inner;

	*ret = RECORD_NONE;
	if (p->kind != RECORD_PART_MESSAGE)
		return i + 1 < w->r->parts;
	if (!record_part(w->r, i + 1, &inner))
		return false;
	*ret = inner.envelope;
	return true;
}

/* The part and what is inside it. */
static enum err put_part(const struct writer *w, uint32_t first)
{
	UNZEROED struct open open[RECORD_DEPTH_MAX];
	uint32_t depth = 0, envelope, end = first + 1;
	UNZEROED struct record_part p;

	for (uint32_t i = first; i < end; i++) {
		if (!record_part(w->r, i, &p) || p.next <= i)
			return ERR_CORRUPT;
		if (i == first)
			end = p.next;
		if (!is_open(w, &p)) {
			put_leaf(w, &p);
			i = p.next - 1;
		} else {
			if (depth == RECORD_DEPTH_MAX || !inner_envelope(w, i, &p, &envelope))
				return ERR_CORRUPT;
			open_part(w, &p, envelope);
			open[depth++] = (struct open){ i, p.next };
		}
		if (!close_parts(w, open, &depth, i + 1))
			return ERR_CORRUPT;
	}
	return depth == 0 ? ERR_OK : ERR_CORRUPT;
}

enum err imap_record_put_part(struct buf *to, const struct record *r, uint32_t part, unsigned how)
{
	struct writer w = { .to = to,
		.r = r,
		.extended = (how & IMAP_RECORD_EXTENDED) != 0,
		.utf8 = (how & IMAP_RECORD_UTF8) != 0,
		.decoded = (how & IMAP_RECORD_DECODED) != 0 };
	size_t before = to->len;
	enum err e = put_part(&w, part);

	if (e == ERR_OK && buf_overflowed(to))
		e = ERR_TOOBIG;
	if (e != ERR_OK)
		to->len = before;
	return e;
}

static bool stays(const struct imap_record_converted *now, struct str name)
{
	if (now->charset.at != NULL && str_ieq(name, S("charset")))
		return false;
	return now->same_type || str_ieq(name, S("name")) || str_ieq(name, S("name*"));
}

static void blank_converted_params(
	const struct writer *w, struct record_rows rows, const struct imap_record_converted *now)
{
	struct record_param p;
	bool any = now->charset.at != NULL;

	buf_put_octet(w->to, ' ');
	if (any) {
		buf_put_c(w->to, "(\"charset\" ");
		imap_put_string(w->to, now->charset, w->utf8);
	}
	while (record_param_next(w->r, &rows, &p)) {
		if (!stays(now, p.name))
			continue;
		buf_put_octet(w->to, any ? ' ' : '(');
		imap_put_string(w->to, p.name, w->utf8);
		buf_put_octet(w->to, ' ');
		put_value(w, &p);
		any = true;
	}
	buf_put_c(w->to, any ? ")" : "NIL");
}

void imap_record_put_converted(struct buf *to, const struct record *r, const struct record_part *p,
	const struct imap_record_converted *now, unsigned how)
{
	struct writer w = { .to = to,
		.r = r,
		.extended = true,
		.utf8 = (how & IMAP_RECORD_UTF8) != 0,
		.decoded = (how & IMAP_RECORD_DECODED) != 0 };

	buf_put_octet(to, '(');
	imap_put_string(to, now->type, w.utf8);
	buf_put_octet(to, ' ');
	imap_put_string(to, now->subtype, w.utf8);
	blank_converted_params(&w, p->params, now);
	blank_nstring(&w, p->content_id);
	blank_nstring(&w, p->description);
	buf_put_octet(to, ' ');
	imap_put_string(to, now->encoding, w.utf8);
	buf_put_octet(to, ' ');
	buf_put_u64(to, now->octets);
	if (str_ieq(now->type, S("TEXT"))) {
		buf_put_octet(to, ' ');
		buf_put_u64(to, now->lines);
	}
	buf_put_c(to, " NIL");
	blank_extension(&w, p);
	buf_put_octet(to, ')');
}

enum err imap_record_put_body(struct buf *to, const struct record *r, unsigned how)
{
	return imap_record_put_part(to, r, 0, how);
}
