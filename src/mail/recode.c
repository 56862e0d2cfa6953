#include "mail/recode.h"

#include "base/utf8.h"

#define LINE_OCTETS_MAX 998u /* RFC 5322 section 2.1.1, without the line end */

/* ---- the look of a body ---- */

static void look_at(struct recode_shape *s, char c)
{
	bool cr = s->cr;

	s->cr = c == '\r';
	if (c == '\n') {
		s->lines++;
		s->odd = s->odd || !cr || s->line_octets > LINE_OCTETS_MAX;
		s->line_octets = 0;
		return;
	}
	s->odd = s->odd || cr;
	s->nul = s->nul || c == '\0';
	s->eight = s->eight || (unsigned char)c >= 0x80;
	if (c != '\r' && s->line_octets <= LINE_OCTETS_MAX)
		s->line_octets++;
}

void recode_look(struct recode_shape *shape, struct str octets)
{
	shape->octets += octets.len;
	for (size_t i = 0; i < octets.len; i++)
		look_at(shape, octets.at[i]);
}

struct str recode_encoding(const struct recode_shape *shape)
{
	if (shape->nul || shape->odd || shape->cr || shape->line_octets > LINE_OCTETS_MAX)
		return S("binary");
	return shape->eight ? S("8bit") : S("7bit");
}

/* ---- the text ---- */

static bool is_replacement(struct str s)
{
	return s.len <= RECODE_REPLACEMENT_OCTETS_MAX && utf8_valid(s) && !str_has_control(s);
}

enum recode_result recode_open(struct recode *r, struct str from, struct str to, struct str replacement)
{
	*r = (struct recode){ 0 };
	if (charset_made(to).at == NULL)
		return RECODE_TO;
	if (!is_replacement(replacement))
		return RECODE_REPLACEMENT;
	if (!charset_reader_open(&r->reader, from))
		return RECODE_FROM;
	if (replacement.at != NULL) {
		memcpy(r->replacement, replacement.at, replacement.len);
		replacement.at = r->replacement;
	}
	if (charset_writer_open(&r->writer, to, replacement) != ERR_OK) {
		charset_reader_done(&r->reader);
		return replacement.at != NULL ? RECODE_REPLACEMENT : RECODE_TO;
	}
	buf_init(&r->utf8, BUF_NO_CEILING);
	return RECODE_OK;
}

/* Every LF without a CR before it gets one. */
static enum err put_lines(struct recode *r, struct str text, struct buf *to)
{
	enum err e = ERR_OK;

	while (text.len > 0 && e == ERR_OK) {
		size_t end = str_find(text, '\n');
		struct str line = str_sub(text, 0, end);

		e = charset_writer_more(&r->writer, line, to);
		r->cr = line.len > 0 ? line.at[line.len - 1] == '\r' : r->cr;
		text = str_skip(text, line.len);
		if (text.len == 0 || e != ERR_OK)
			break;
		e = charset_writer_more(&r->writer, r->cr ? S("\n") : S("\r\n"), to);
		r->cr = false;
		text = str_skip(text, 1);
	}
	return e;
}

enum recode_result recode_more(struct recode *r, struct str octets, bool last, struct buf *to)
{
	enum err e;

	buf_clear(&r->utf8);
	charset_reader_more(&r->reader, octets, last, &r->utf8);
	e = put_lines(r, buf_str(&r->utf8), to);
	if (last)
		charset_writer_end(&r->writer, to);
	return e == ERR_OK ? RECODE_OK : RECODE_LOST;
}

void recode_done(struct recode *r)
{
	charset_reader_done(&r->reader);
	charset_writer_done(&r->writer);
	buf_done(&r->utf8);
}
