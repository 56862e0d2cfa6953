#include "mail/header.h"

#include "base/utf8.h"
#include "base/word.h"
#include "mail/charset.h"
#include "mail/textline.h"

/* Octets of the field's name, or 0 when the line begins no field. *ret_colon is the offset of the colon. */
static size_t name_octets(struct str line, size_t *ret_colon)
{
	size_t name = 0, at;

	while (name < line.len && line.at[name] > ' ' && line.at[name] < 0x7f && line.at[name] != ':')
		name++;
	at = name;
	while (at < line.len && ascii_is_wsp(line.at[at]))
		at++;
	if (at == line.len || line.at[at] != ':')
		return 0;
	*ret_colon = at;
	return name;
}

bool header_line_is_field(struct str line)
{
	size_t colon;

	return name_octets(line, &colon) > 0;
}

enum header_line header_line(struct str line, bool first)
{
	if (line.len == 0)
		return HEADER_LINE_EMPTY;
	if (ascii_is_wsp(line.at[0]))
		return first ? HEADER_LINE_BODY : HEADER_LINE_MORE;
	if (first && (str_starts(line, S("From ")) || str_starts(line, S(">From "))))
		return HEADER_LINE_FROM;
	return header_line_is_field(line) ? HEADER_LINE_FIELD : HEADER_LINE_BODY;
}

size_t header_octets(struct str octets, bool *ret_empty_line)
{
	struct str rest = octets;
	bool empty = false;
	size_t len = 0;

	while (rest.len > 0 && !empty) {
		struct str whole;
		enum header_line kind = header_line(textline_cut(&rest, &whole), len == 0);

		if (kind == HEADER_LINE_BODY)
			break;
		empty = kind == HEADER_LINE_EMPTY;
		len += whole.len;
	}
	if (ret_empty_line != NULL)
		*ret_empty_line = empty;
	return len;
}

/* Cuts continuation lines off *rest; returns how many octets. */
static size_t cut_continuations(struct str *rest)
{
	size_t before = rest->len;

	while (rest->len > 0 && ascii_is_wsp(rest->at[0])) {
		struct str whole;

		(void)textline_cut(rest, &whole);
	}
	return before - rest->len;
}

static struct str without_line_end(struct str s)
{
	if (s.len > 0 && s.at[s.len - 1] == '\n') {
		s.len--;
		if (s.len > 0 && s.at[s.len - 1] == '\r')
			s.len--;
	}
	return s;
}

bool header_next(struct header_walk *walk, struct header_field *ret)
{
	while (walk->rest.len > 0) {
		struct str whole, line;
		size_t name, colon = 0;

		line = textline_cut(&walk->rest, &whole);
		if (line.len == 0) {
			walk->rest.len = 0;
			return false;
		}
		name = name_octets(line, &colon);
		if (name == 0)
			continue;
		whole.len += cut_continuations(&walk->rest);
		ret->name = str_sub(line, 0, name);
		ret->value = without_line_end(str_skip(whole, colon + 1));
		ret->whole = whole;
		return true;
	}
	return false;
}

bool header_find(struct str header, struct str name, struct header_field *ret)
{
	struct header_walk walk = header_walk(header);

	while (header_next(&walk, ret)) {
		if (str_ieq(ret->name, name))
			return true;
	}
	return false;
}

/* Octets in front of the next CR, LF or NUL. */
static size_t line_span(struct str s)
{
	size_t n = 0;

	for (; s.len - n >= WORD_OCTETS; n += WORD_OCTETS) {
		uint64_t word = word_at(s.at + n);

		if (word_has(word, '\r') || word_has(word, '\n') || word_has(word, '\0'))
			break;
	}
	while (n < s.len && s.at[n] != '\r' && s.at[n] != '\n' && s.at[n] != 0)
		n++;
	return n;
}

void header_unfold(struct str value, struct buf *to)
{
	value = str_trim(value);
	while (value.len > 0) {
		size_t plain = line_span(value), end;

		buf_put(to, str_sub(value, 0, plain));
		value = str_skip(value, plain);
		if (value.len == 0)
			break;
		end = str_starts(value, S("\r\n")) ? 2 : 1;
		/* Only a line end before a blank folds; anything else would join words or hide an octet. */
		if (value.at[end - 1] != '\n' || end == value.len || !ascii_is_wsp(value.at[end]))
			buf_put_octet(to, ' ');
		value = str_skip(value, end);
	}
}

bool header_unfold_utf8(struct str value, struct buf *to)
{
	struct buf raw;
	bool eight = !str_is_ascii(value);

	if (!eight) {
		header_unfold(value, to);
		return false;
	}
	buf_init(&raw, BUF_NO_CEILING);
	header_unfold(value, &raw);
	charset_guess_to_utf8(buf_str(&raw), to);
	buf_done(&raw);
	return true;
}
