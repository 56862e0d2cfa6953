#include "mail/mime.h"

#include "base/mem.h"
#include "mail/encoded_word.h"
#include "mail/header.h"
#include "mail/textline.h"
#include "mail/param.h"

/* A part that is still open. */
struct level {
	uint32_t part;
	size_t boundary_at, boundary_octets; /* in scan.boundaries */
	bool delimited; /* a multipart whose closing delimiter has not come */
	bool digest;
};

struct scan {
	struct str message;
	struct mime *mime;
	struct level levels[RECORD_DEPTH_MAX];
	uint32_t depth;        /* open parts */
	struct buf boundaries; /* of the open multiparts, one behind the other */
	uint32_t lines;        /* LFs before the line at hand */
	bool in_header;        /* of the innermost open part */
	bool stopped;          /* the part limit is reached: nothing delimits any more */
};

struct mime_fields mime_fields(struct str header)
{
	struct mime_fields f = { .rest = header, .left = RECORD_HEADER_FIELDS_MAX };

	if (header.len > RECORD_HEADER_OCTETS_MAX) {
		f.rest.len = RECORD_HEADER_OCTETS_MAX;
		f.truncated = true;
	}
	return f;
}

bool mime_fields_next(struct mime_fields *f, struct header_field *ret)
{
	struct header_walk walk = header_walk(f->rest);

	if (!header_next(&walk, ret))
		return false;
	f->rest = walk.rest;
	if (f->left == 0) {
		f->truncated = true;
		return false;
	}
	f->left--;
	return true;
}

bool mime_encoding(struct str text, enum record_encoding *ret)
{
	static const struct {
		struct str name;
		enum record_encoding encoding;
	} rows[] = { { S_INIT("7bit"), RECORD_ENCODING_7BIT }, { S_INIT("8bit"), RECORD_ENCODING_8BIT },
		{ S_INIT("binary"), RECORD_ENCODING_BINARY },
		{ S_INIT("quoted-printable"), RECORD_ENCODING_QUOTED_PRINTABLE },
		{ S_INIT("base64"), RECORD_ENCODING_BASE64 }, { S_INIT("7-bit"), RECORD_ENCODING_7BIT },
		{ S_INIT("8-bit"), RECORD_ENCODING_8BIT } };
	struct str rest, token = param_token(text, &rest);

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (str_ieq(token, rows[i].name)) {
			*ret = rows[i].encoding;
			return true;
		}
	}
	*ret = RECORD_ENCODING_7BIT;
	return false;
}

static struct mime_part *part_of(struct scan *s, uint32_t level)
{
	must(level < s->depth);
	return &s->mime->parts[s->levels[level].part];
}

/* Opens a part whose header begins at `at`, behind that many LFs, inside the innermost open part. */
static void open_part(struct scan *s, size_t at, uint32_t lines)
{
	struct mime *m = s->mime;
	struct mime_part *part;

	must(s->depth < RECORD_DEPTH_MAX && m->count < RECORD_PARTS_MAX);
	if (m->count == m->held) {
		m->held = m->held ? m->held * 2 : 8;
		m->parts = mem_resize(m->parts, m->held * sizeof(*m->parts));
	}
	part = &m->parts[m->count];
	*part = (struct mime_part){ .parent = RECORD_NONE, .depth = s->depth, .header_at = (uint32_t)at };
	if (s->depth > 0) {
		part->parent = s->levels[s->depth - 1].part;
		part->in_digest = s->levels[s->depth - 1].digest;
		m->parts[part->parent].children++;
	}
	s->levels[s->depth++] = (struct level){ .part = m->count++, .boundary_at = s->boundaries.len };
	s->in_header = true;
	if (m->count == RECORD_PARTS_MAX) {
		part->flags = RECORD_PART_OPAQUE;
		part->body_at = (uint32_t)at;
		part->body_lines = lines;
		s->in_header = false;
		s->stopped = true;
		m->truncated = true;
	}
}

struct content {
	struct buf text; /* behind type and the rest of it */
	struct str type, subtype, rest;
	bool given, valid;
};

static void read_content(struct mime_part *part, struct str header, struct content *c)
{
	struct mime_fields fields = mime_fields(header);
	struct header_field f;
	struct buf encoding;
	bool encoding_given = false;

	buf_init(&encoding, BUF_NO_CEILING);
	while (mime_fields_next(&fields, &f)) {
		if (!c->given && str_ieq(f.name, S("Content-Type"))) {
			c->given = true;
			header_unfold(f.value, &c->text);
		} else if (!encoding_given && str_ieq(f.name, S("Content-Transfer-Encoding"))) {
			encoding_given = true;
			header_unfold(f.value, &encoding);
		}
	}
	c->valid = param_media_type(buf_str(&c->text), &c->type, &c->subtype, &c->rest);
	if (!c->valid)
		part->flags |= c->given ? RECORD_PART_BROKEN : RECORD_PART_DEFAULT_TYPE;
	if (!c->given && part->in_digest) {
		c->valid = true;
		c->type = S("message");
		c->subtype = S("rfc822");
	}
	if (encoding_given && !mime_encoding(buf_str(&encoding), &part->encoding))
		part->flags |= RECORD_PART_ENCODING_BAD;
	buf_done(&encoding);
}

static void make_opaque(struct scan *s, struct mime_part *part)
{
	part->flags |= RECORD_PART_OPAQUE;
	s->mime->truncated = true;
}

static void begin_multipart(struct scan *s, struct mime_part *part, const struct content *c)
{
	struct level *level = &s->levels[s->depth - 1];
	struct params params;
	struct str boundary;
	struct buf decoded;

	params_read(c->rest, &params);
	buf_init(&decoded, BUF_NO_CEILING);
	boundary = params_value(&params, S("boundary"));
	if (boundary.at == NULL) {
		encoded_word_decode_param(params_value(&params, S("boundary*")), &decoded);
		boundary = buf_str(&decoded);
	}
	while (boundary.len > 0 && ascii_is_wsp(boundary.at[boundary.len - 1]))
		boundary.len--;
	if (boundary.len == 0) {
		part->flags |= RECORD_PART_BROKEN;
	} else if (boundary.len > RECORD_BOUNDARY_OCTETS_MAX || s->depth == RECORD_DEPTH_MAX) {
		make_opaque(s, part);
	} else {
		part->kind = RECORD_PART_MULTIPART;
		level->delimited = true;
		level->digest = str_ieq(c->subtype, S("digest"));
		level->boundary_octets = boundary.len;
		buf_put(&s->boundaries, boundary);
	}
	buf_done(&decoded);
	params_done(&params);
}

static void begin_message(struct scan *s, struct mime_part *part)
{
	if (part->encoding == RECORD_ENCODING_BASE64 || part->encoding == RECORD_ENCODING_QUOTED_PRINTABLE) {
		part->flags |= RECORD_PART_OPAQUE;
	} else if (s->depth == RECORD_DEPTH_MAX) {
		make_opaque(s, part);
	} else {
		part->kind = RECORD_PART_MESSAGE;
		open_part(s, part->body_at, part->body_lines);
	}
}

/* The header of the innermost part ends at `at`, where its body begins; lines counts the LFs before. */
static void begin_body(struct scan *s, size_t at, uint32_t lines)
{
	struct mime_part *part = part_of(s, s->depth - 1);
	struct content c = { .given = false };

	buf_init(&c.text, BUF_NO_CEILING);
	s->in_header = false;
	part->header_octets = (uint32_t)at - part->header_at;
	part->body_at = (uint32_t)at;
	part->body_lines = lines; /* the difference is taken when the part is closed */
	read_content(part, str_sub(s->message, part->header_at, part->header_octets), &c);
	if (!c.valid) {
		/* text/plain */
	} else if (str_ieq(c.type, S("multipart"))) {
		begin_multipart(s, part, &c);
	} else if (str_ieq(c.type, S("message")) &&
		   (str_ieq(c.subtype, S("rfc822")) || str_ieq(c.subtype, S("global")))) {
		begin_message(s, part);
	}
	buf_done(&c.text);
}

/* Closes all parts inside of `depth` levels; their bodies end at `end`. */
static void close_parts(struct scan *s, uint32_t depth, size_t end, uint32_t lines)
{
	while (s->depth > depth) {
		struct level *level = &s->levels[s->depth - 1];
		struct mime_part *part = part_of(s, s->depth - 1);

		part->next = s->mime->count;
		part->body_octets = (uint32_t)end - part->body_at;
		part->body_lines = lines - part->body_lines;
		if (part->kind == RECORD_PART_MULTIPART && level->delimited)
			part->flags |= RECORD_PART_NO_END;
		if (part->kind == RECORD_PART_MULTIPART && part->children == 0) {
			part->kind = RECORD_PART_LEAF;
			part->flags |= RECORD_PART_BROKEN;
		}
		s->boundaries.len = level->boundary_at;
		s->depth--;
	}
}

/* Closes as above at a delimiter line that begins at `at`, or at the end of the message. */
static void close_at(struct scan *s, uint32_t depth, size_t at, bool delimiter)
{
	size_t end = at;
	uint32_t lines = s->lines;

	/* A header that is cut off ends here; a message/rfc822 then opens one more header, which is empty. */
	while (s->in_header)
		begin_body(s, at, s->lines);
	if (delimiter && end > part_of(s, s->depth - 1)->body_at) {
		/* The line end before the delimiter belongs to it. */
		end--;
		lines--;
		if (end > part_of(s, s->depth - 1)->body_at && s->message.at[end - 1] == '\r')
			end--;
	}
	close_parts(s, depth, end, lines);
}

/*
 * The level whose boundary the line is, the innermost first, or RECORD_NONE. The whole line must match, so that one
 * boundary may be the beginning of another.
 */
static uint32_t find_boundary(const struct scan *s, struct str line, bool *ret_close)
{
	line = str_skip(line, 2);
	while (line.len > 0 && (ascii_is_wsp(line.at[line.len - 1]) || line.at[line.len - 1] == '\r'))
		line.len--;
	for (uint32_t i = s->depth; i > 0; i--) {
		const struct level *level = &s->levels[i - 1];
		size_t len = level->boundary_octets;

		if (!level->delimited || (line.len != len && line.len != len + 2))
			continue;
		if (memcmp(line.at, s->boundaries.at + level->boundary_at, len) != 0)
			continue;
		*ret_close = line.len > len;
		if (!*ret_close || str_ends(line, S("--")))
			return i - 1;
	}
	return RECORD_NONE;
}

/* True: the line at [at, next) was a delimiter. */
static bool delimiter_line(struct scan *s, struct str line, size_t at, size_t next)
{
	bool close = false;
	uint32_t level;

	if (s->stopped || line.len < 3 || line.at[0] != '-' || line.at[1] != '-')
		return false;
	level = find_boundary(s, line, &close);
	if (level == RECORD_NONE)
		return false;
	/* Nothing is to be closed when the multipart itself is innermost: its preamble. */
	if (s->depth > level + 1)
		close_at(s, level + 1, at, true);
	s->in_header = false;
	if (close) {
		s->levels[level].delimited = false;
		return true;
	}
	open_part(s, next, s->lines + (s->message.at[next - 1] == '\n'));
	return true;
}

/* True: the line at [at, next) is done with; false: it must be looked at again, as a body's. */
static bool header_line_done(struct scan *s, struct str line, size_t at, size_t next)
{
	const struct mime_part *part = part_of(s, s->depth - 1);

	switch (header_line(line, at == part->header_at)) {
	case HEADER_LINE_EMPTY:
		begin_body(s, next, s->lines + (s->message.at[next - 1] == '\n'));
		return true;
	case HEADER_LINE_BODY:
		begin_body(s, at, s->lines);
		return false;
	case HEADER_LINE_FROM:
	case HEADER_LINE_FIELD:
	case HEADER_LINE_MORE:
		break;
	}
	return true;
}

void mime_parse(struct str message, struct mime *ret)
{
	struct scan s = { .message = message, .mime = ret };
	struct str rest = message;

	must(message.len <= RECORD_MESSAGE_OCTETS_MAX);
	*ret = (struct mime){ .parts = NULL };
	buf_init(&s.boundaries, BUF_NO_CEILING);
	open_part(&s, 0, 0);
	while (rest.len > 0) {
		struct str whole, after = rest;
		struct str line = textline_cut(&after, &whole);
		size_t at = message.len - rest.len, next = at + whole.len;

		if (!delimiter_line(&s, line, at, next) && s.in_header && !header_line_done(&s, line, at, next))
			continue;
		s.lines += whole.at[whole.len - 1] == '\n';
		rest = after;
	}
	close_at(&s, 0, message.len, false);
	buf_done(&s.boundaries);
}

void mime_done(struct mime *m)
{
	mem_free(m->parts);
	*m = (struct mime){ .parts = NULL };
}
