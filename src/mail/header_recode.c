#include "mail/header_recode.h"

#include "base/code.h"
#include "base/utf8.h"
#include "mail/encoded_word.h"
#include "mail/param.h"
#include "mail/transfer.h"

#define WORD_OCTETS_LIMIT ((size_t)75) /* RFC 2047 section 2 */
#define LINE_OCTETS_LIMIT ((size_t)76)
#define FRAME_OCTETS      ((size_t)7) /* of a word, but for charset, language and text */
#define GROUP_CHARACTERS  6u /* that are encoded together where the charset has a state */

/* Encoded words that follow each other and are one text. */
struct run {
	struct str charset, language;
	char encoding;
	struct str whole;  /* as it stands; empty: there is none */
	struct buf octets;
};

/* Where it is written, and how many octets stand in the line already. */
struct line {
	struct buf *to;
	size_t column;
};

static size_t column_of(const struct buf *b)
{
	size_t end = str_rfind(buf_str(b), '\n');

	return end == STR_NPOS ? b->len : b->len - end - 1;
}

enum err header_recode_open(struct header_recode *h, struct str charset, struct str replacement)
{
	enum err e;

	*h = (struct header_recode){ .charset = charset };
	e = charset_writer_open(&h->writer, charset, replacement);
	if (e != ERR_OK)
		return e;
	buf_init(&h->text, BUF_NO_CEILING);
	buf_init(&h->group, BUF_NO_CEILING);
	buf_init(&h->word, BUF_NO_CEILING);
	return ERR_OK;
}

void header_recode_done(struct header_recode *h)
{
	charset_writer_done(&h->writer);
	buf_done(&h->text);
	buf_done(&h->group);
	buf_done(&h->word);
}

/* The next characters of the text in the charset, in h->group, which stand by themselves. False: that was all. */
static bool next_group(struct header_recode *h, struct str *text)
{
	struct str rest = *text, head;

	if (text->len == 0)
		return false;
	for (unsigned n = 0; rest.len > 0 && n < (h->writer.stateful ? GROUP_CHARACTERS : 1); n++)
		(void)utf8_next(&rest);
	head = str_sub(*text, 0, text->len - rest.len);
	buf_clear(&h->group);
	if (charset_writer_more(&h->writer, head, &h->group) != ERR_OK)
		h->lost = ERR_CHARSET;
	charset_writer_end(&h->writer, &h->group);
	*text = rest;
	return true;
}

/* ---- encoded words ---- */

/* May stand in the Q encoding of a phrase as it is (RFC 2047 section 5). */
static bool is_plain(char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c) || c == '!' || c == '*' || c == '+' || c == '-' || c == '/';
}

static void put_hex(struct buf *to, char mark, char c)
{
	static const char hex[] = "0123456789ABCDEF";

	buf_put_octet(to, mark);
	buf_put_octet(to, hex[(unsigned char)c >> 4]);
	buf_put_octet(to, hex[(unsigned char)c & 15]);
}

static size_t q_octets(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += is_plain(s.at[i]) || s.at[i] == ' ' ? 1 : 3;
	return n;
}

static void put_q(struct buf *to, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (is_plain(s.at[i]))
			buf_put_octet(to, s.at[i]);
		else if (s.at[i] == ' ')
			buf_put_octet(to, '_');
		else
			put_hex(to, '=', s.at[i]);
	}
}

static size_t encoded_octets(char encoding, struct str s)
{
	return encoding == 'q' ? q_octets(s) : (s.len + 2) / 3 * 4;
}

static void put_word(struct header_recode *h, const struct run *run, struct line *line)
{
	size_t before = line->to->len;

	buf_put(line->to, S("=?"));
	buf_put(line->to, h->charset);
	buf_put(line->to, run->language);
	buf_put(line->to, run->encoding == 'q' ? S("?Q?") : S("?B?"));
	if (run->encoding == 'q')
		put_q(line->to, buf_str(&h->word));
	else
		base64_put(line->to, buf_str(&h->word));
	buf_put(line->to, S("?="));
	line->column += line->to->len - before;
	buf_clear(&h->word);
}

static void fold(struct line *line)
{
	buf_put(line->to, S("\r\n "));
	line->column = 1;
}

/* h->text as words, each of whole characters. */
static void put_words(struct header_recode *h, struct run *run, struct line *line)
{
	size_t frame = FRAME_OCTETS + h->charset.len + run->language.len, room;
	struct str rest = buf_str(&h->text);
	struct buf next;

	if (h->writer.stateful)
		run->encoding = 'b';
	buf_init(&next, BUF_NO_CEILING);
	buf_clear(&h->word);
	while (next_group(h, &rest)) {
		room = line->column < LINE_OCTETS_LIMIT ? LINE_OCTETS_LIMIT - line->column : 0;
		if (room > WORD_OCTETS_LIMIT || room < WORD_OCTETS_LIMIT / 2)
			room = WORD_OCTETS_LIMIT; /* too little is left for a word that says something */
		buf_clear(&next);
		buf_put(&next, buf_str(&h->word));
		buf_put(&next, buf_str(&h->group));
		if (h->word.len > 0 && frame + encoded_octets(run->encoding, buf_str(&next)) > room) {
			put_word(h, run, line);
			fold(line);
		}
		buf_put(&h->word, buf_str(&h->group));
	}
	if (h->word.len > 0)
		put_word(h, run, line);
	buf_done(&next);
}

static void put_plain(struct line *line, struct str s)
{
	size_t end = str_rfind(s, '\n');

	buf_put(line->to, s);
	line->column = end == STR_NPOS ? line->column + s.len : s.len - end - 1;
}

/* Makes h->text of octets. False: they are no text of that charset. */
static bool read_text(struct header_recode *h, struct str charset, struct str octets)
{
	buf_clear(&h->text);
	return charset_to_utf8(charset, octets, &h->text) && str_find_str(buf_str(&h->text), S("\xef\xbf\xbd")) == STR_NPOS;
}

static void end_run(struct header_recode *h, struct run *run, struct line *line)
{
	if (run->whole.len == 0)
		return;
	if (read_text(h, run->charset, buf_str(&run->octets)) && h->text.len > 0)
		put_words(h, run, line);
	else
		put_plain(line, run->whole);
	run->whole = STR_NONE;
	buf_clear(&run->octets);
}

/* The word goes on with the text of the run, which ends where the gap begins. */
static bool joins(const struct run *run, const struct encoded_word *w, struct str gap)
{
	return run->whole.len > 0 && gap.len > 0 && str_trim(gap).len == 0 && str_ieq(run->charset, w->charset) &&
	       str_ieq(run->language, w->language);
}

static void add_word(struct run *run, const struct encoded_word *w, struct str whole)
{
	if (run->whole.len == 0) {
		run->charset = w->charset;
		run->language = w->language;
		run->encoding = w->encoding;
		run->whole = whole;
	}
	run->whole.len = (size_t)(whole.at + whole.len - run->whole.at);
	encoded_word_octets(w, &run->octets);
}

/* Raw text of a field: its encoded words made anew. */
static void put_text(struct header_recode *h, struct str text, struct line *line)
{
	struct run run = { .whole = STR_NONE };
	size_t done = 0, at = 0; /* what is before done was written, or is in the run */
	bool no_end = false;

	buf_init(&run.octets, BUF_NO_CEILING);
	while (!no_end) {
		size_t next = str_find_str(str_skip(text, at), S("=?"));
		struct encoded_word w;
		struct str gap;

		if (next == STR_NPOS)
			break;
		at += next;
		if (!encoded_word_cut(str_skip(text, at), &no_end, &w)) {
			at += 2;
			continue;
		}
		at += w.octets;
		if (!charset_is_known(w.charset))
			continue;
		gap = str_sub(text, done, at - w.octets - done);
		if (!joins(&run, &w, gap)) {
			end_run(h, &run, line);
			put_plain(line, gap);
		}
		add_word(&run, &w, str_sub(text, at - w.octets, w.octets));
		done = at;
	}
	end_run(h, &run, line);
	put_plain(line, str_skip(text, done));
	buf_done(&run.octets);
}

/* ---- parameters ---- */

static bool is_extended(struct str name)
{
	return str_ends(name, S("*"));
}

static bool has_extended(const struct params *params)
{
	for (size_t i = 0; i < params->count; i++) {
		if (is_extended(params->rows[i].name))
			return true;
	}
	return false;
}

/* attribute-char of RFC 2231 section 7. */
static bool is_attribute(char c)
{
	return c > ' ' && c < 0x7f && !str_has_octet(S("*'%()<>@,;:\\\"/[]?="), c);
}

static bool is_token(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (!is_attribute(s.at[i]) && s.at[i] != '*' && s.at[i] != '\'' && s.at[i] != '%')
			return false;
	}
	return s.len > 0;
}

/* "charset'language'%xx" cut into its three. False: it has none, or one that is not known here. */
static bool cut_value(struct str value, struct str *charset, struct str *language, struct str *rest)
{
	*rest = value;
	return str_cut(rest, '\'', charset) && str_cut(rest, '\'', language) && charset_is_known(*charset) &&
	       (language->len == 0 || is_token(*language));
}

static void percent_octets(struct str s, struct buf *to)
{
	for (size_t i = 0; i < s.len; i++) {
		int high = s.at[i] == '%' && i + 2 < s.len ? transfer_hex(s.at[i + 1]) : -1;
		int low = high >= 0 ? transfer_hex(s.at[i + 2]) : -1;

		buf_put_octet(to, low >= 0 ? (char)(high << 4 | low) : s.at[i]);
		i += low >= 0 ? 2 : 0;
	}
}

static void put_percent(struct buf *to, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (is_attribute(s.at[i]))
			buf_put_octet(to, s.at[i]);
		else
			put_hex(to, '%', s.at[i]);
	}
}

/* "name*2*=" on a line of its own. */
static void begin_piece(struct line *line, struct str name, unsigned number)
{
	buf_put(line->to, S(";\r\n "));
	buf_put(line->to, name);
	buf_printf(line->to, "*%u*=", number);
	line->column = column_of(line->to);
}

/* Those of h->word, which is octets of the charset in %xx, where there is room for them. */
static void put_pieces(struct header_recode *h, struct str name, struct str language, struct line *line)
{
	struct str rest = buf_str(&h->text);
	unsigned number = 0;

	begin_piece(line, name, number++);
	buf_printf(line->to, "%.*s'%.*s'", STR_FMT(h->charset), STR_FMT(language));
	line->column = column_of(line->to);
	while (next_group(h, &rest)) {
		buf_clear(&h->word);
		put_percent(&h->word, buf_str(&h->group));
		if (line->column + h->word.len > LINE_OCTETS_LIMIT && number < PARAM_PIECES_MAX)
			begin_piece(line, name, number++);
		buf_put(line->to, buf_str(&h->word));
		line->column += h->word.len;
	}
}

/* True: it fits into a line, and stands there. */
static bool put_short(struct header_recode *h, struct str name, struct str language, struct line *line)
{
	struct str rest = buf_str(&h->text);
	size_t before = line->to->len;

	buf_printf(line->to, ";\r\n %.*s*=%.*s'%.*s'", STR_FMT(name), STR_FMT(h->charset), STR_FMT(language));
	while (next_group(h, &rest) && line->to->len - before < LINE_OCTETS_LIMIT)
		put_percent(line->to, buf_str(&h->group));
	if (rest.len == 0 && line->to->len - before <= LINE_OCTETS_LIMIT)
		return true;
	line->to->len = before;
	return false;
}

/* As it stands, but for octets that may not. */
static void put_unknown(const struct param *p, struct line *line)
{
	buf_printf(line->to, ";\r\n %.*s=", STR_FMT(p->name));
	for (size_t i = 0; i < p->value.len; i++) {
		struct str octet = str_sub(p->value, i, 1);

		if (is_token(octet))
			buf_put(line->to, octet);
		else
			put_hex(line->to, '%', octet.at[0]);
	}
}

static void put_extended(struct header_recode *h, const struct param *p, struct line *line)
{
	struct str name = str_sub(p->name, 0, p->name.len - 1), charset, language, rest;

	buf_clear(&h->group);
	if (cut_value(p->value, &charset, &language, &rest))
		percent_octets(rest, &h->group);
	else
		charset = S("?");
	if (!read_text(h, charset, buf_str(&h->group)))
		put_unknown(p, line);
	else if (!put_short(h, name, language, line))
		put_pieces(h, name, language, line);
}

static void put_value(struct header_recode *h, const struct param *p, struct line *line)
{
	struct buf quoted;

	buf_init(&quoted, BUF_NO_CEILING);
	for (size_t i = 0; i < p->value.len && !is_token(p->value); i++) {
		if (p->value.at[i] == '"' || p->value.at[i] == '\\')
			buf_put_octet(&quoted, '\\');
		buf_put_octet(&quoted, p->value.at[i]);
	}
	buf_printf(line->to, ";\r\n %.*s=", STR_FMT(p->name));
	if (is_token(p->value)) {
		buf_put(line->to, p->value);
	} else {
		buf_put_octet(line->to, '"');
		line->column = column_of(line->to);
		put_text(h, buf_str(&quoted), line);
		buf_put_octet(line->to, '"');
	}
	buf_done(&quoted);
}

/* Where the comment or quoted string at the start of s ends. */
static size_t quoted_octets(struct str s)
{
	size_t depth = 0, i;

	for (i = 0; i < s.len; i++) {
		if (s.at[i] == '\\')
			i++;
		else if (s.at[0] == '(' && s.at[i] == '(')
			depth++;
		else if (s.at[0] == '(' && s.at[i] == ')' && --depth == 0)
			return i + 1;
		else if (s.at[0] == '"' && i > 0 && s.at[i] == '"')
			return i + 1;
	}
	return s.len;
}

/* The comments of the field, moved behind it (RFC 5259 section 6). One that does not end is none. */
static void put_comments(struct header_recode *h, struct str value, struct line *line)
{
	bool any = false;

	while (value.len > 0) {
		size_t n = value.at[0] == '(' || value.at[0] == '"' ? quoted_octets(value) : 1;
		struct str comment = str_sub(value, 0, n);

		value = str_skip(value, n);
		if (comment.at[0] != '(' || comment.len < 2 || comment.at[comment.len - 1] != ')')
			continue;
		if (!any)
			fold(line);
		any = true;
		line->column = column_of(line->to);
		put_text(h, comment, line);
	}
}

static void put_params(struct header_recode *h, const struct params *params, struct line *line)
{
	for (size_t i = 0; i < params->count; i++) {
		if (is_extended(params->rows[i].name))
			put_extended(h, &params->rows[i], line);
		else
			put_value(h, &params->rows[i], line);
	}
}

/* What stands in front of the parameters; empty: this is no field that has them. */
static struct str cut_head(const struct header_field *f, struct str value, struct str *ret_rest)
{
	struct str type, subtype;

	if (str_ieq(f->name, S("Content-Disposition")))
		return param_token(value, ret_rest);
	if (!str_ieq(f->name, S("Content-Type")) || !param_media_type(value, &type, &subtype, ret_rest))
		return STR_NONE;
	return str_make(type.at, (size_t)(subtype.at + subtype.len - type.at));
}

/* A field with extended parameters, all of it anew. False: it has none, and nothing was written. */
static bool put_anew(struct header_recode *h, const struct header_field *f, struct str value, struct line *line)
{
	struct str rest, head = cut_head(f, value, &rest);
	struct params params;
	bool any;

	if (head.len == 0)
		return false;
	params_read(rest, &params);
	any = has_extended(&params) && !params.truncated;
	if (any) {
		buf_printf(line->to, "%.*s: %.*s", STR_FMT(f->name), STR_FMT(head));
		put_params(h, &params, line);
		put_comments(h, value, line);
		buf_put(line->to, S("\r\n"));
	}
	params_done(&params);
	return any;
}

enum err header_recode_field(struct header_recode *h, const struct header_field *field, struct buf *to)
{
	struct line line = { .to = to };
	size_t name = (size_t)(field->value.at - field->whole.at);
	struct buf value;

	if (field->whole.len > HEADER_RECODE_FIELD_OCTETS_MAX) {
		buf_put(to, field->whole);
		return ERR_OK;
	}
	h->lost = ERR_OK;
	buf_init(&value, BUF_NO_CEILING);
	header_unfold(field->value, &value);
	if (!put_anew(h, field, buf_str(&value), &line)) {
		put_plain(&line, str_sub(field->whole, 0, name));
		put_text(h, str_skip(field->whole, name), &line);
	}
	buf_done(&value);
	return h->lost;
}
