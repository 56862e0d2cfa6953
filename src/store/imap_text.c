#include "store/imap_text.h"

#include <utf8proc.h>

#include "base/utf8.h"
#include "base/word.h"
#include "mail/charset.h"
#include "mail/encoded_word.h"
#include "mail/header.h"
#include "mail/subject.h"
#include "mail/transfer.h"

#define SHARP_S         0xdfu /* has no titlecase in UnicodeData; the library knows one */
#define LINE_OCTETS_MAX ((size_t)64 << 10) /* a longer line is not waited for */

/* ASCII, eight octets at a time. */
static void lower(char *to, const char *from, size_t n)
{
	uint64_t word;
	size_t i = 0;

	for (; n - i >= sizeof(word); i += sizeof(word)) {
		word = word_lower(word_at(from + i));
		memcpy(to + i, &word, sizeof(word));
	}
	for (; i < n; i++)
		to[i] = ascii_lower(from[i]);
}

/* Titlecase, then decomposed for good; what becomes of it may begin with an ASCII letter. */
static void put_mapped(uint32_t c, bool small, struct buf *to)
{
	utf8proc_int32_t parts[32];
	int last = 0;
	utf8proc_ssize_t n;

	if (c != SHARP_S)
		c = (uint32_t)utf8proc_totitle((utf8proc_int32_t)c);
	n = utf8proc_decompose_char((utf8proc_int32_t)c, parts, 32,
		UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT, &last);
	for (utf8proc_ssize_t k = 0; k < n && k < 32; k++) {
		if (small && parts[k] < 0x80)
			buf_put_octet(to, ascii_lower((char)parts[k]));
		else
			utf8_put(to, (uint32_t)parts[k]);
	}
}

static void fold_ascii(struct str s, struct buf *to)
{
	for (size_t n = 0; n < s.len; n++)
		buf_put_octet(to, ascii_lower(s.at[n]));
}

void imap_text_fold(enum imap_collation collation, struct str s, struct buf *to)
{
	if (collation == IMAP_OCTET)
		buf_put(to, s);
	if (collation == IMAP_ASCII_CASEMAP)
		fold_ascii(s, to);
	while (collation == IMAP_UNICODE_CASEMAP && s.len > 0) {
		size_t n = str_ascii_span(s);
		char *room = n > 0 ? buf_room(to, n) : NULL;

		if (room != NULL) {
			lower(room, s.at, n);
			buf_added(to, n);
		}
		s = str_skip(s, n);
		if (s.len > 0) {
			uint32_t c = utf8_next(&s);

			put_mapped(c == UTF8_BAD ? 0xfffd : c, true, to);
		}
	}
}

/* Most values: what the long way makes of them, without its buffers. */
static void put_plain_value(enum imap_collation collation, struct str value, struct buf *to)
{
	size_t i = to->len;

	header_unfold(value, to);
	while (i < to->len) {
		unsigned char c = (unsigned char)to->at[i];
		uint64_t word = to->len - i >= WORD_OCTETS ? word_at(to->at + i) : 0;

		if (word_is_text(word) && !word_has(word, 0x7f)) {
			word = collation != IMAP_OCTET ? word_lower(word) : word;
			memcpy(to->at + i, &word, sizeof(word));
			i += sizeof(word);
			continue;
		}
		if (c < 0x20 || c == 0x7f)
			to->at[i] = ' ';
		else if (collation != IMAP_OCTET)
			to->at[i] = ascii_lower((char)c);
		i++;
	}
}

/* ASCII, eight octets at a time. */
static void upper(char *to, const char *from, size_t n)
{
	uint64_t word;
	size_t i = 0;

	for (; n - i >= sizeof(word); i += sizeof(word)) {
		word = word_upper(word_at(from + i));
		memcpy(to + i, &word, sizeof(word));
	}
	for (; i < n; i++)
		to[i] = ascii_upper(from[i]);
}

static struct str put_upper(struct str s, struct buf *to)
{
	size_t n = str_ascii_span(s);
	char *room = n > 0 ? buf_room(to, n) : NULL;

	if (room != NULL) {
		upper(room, s.at, n);
		buf_added(to, n);
	}
	return str_skip(s, n);
}

void imap_text_casemap(enum imap_collation collation, struct str s, struct buf *to)
{
	if (collation == IMAP_OCTET) {
		buf_put(to, s);
		return;
	}
	while (s.len > 0) {
		s = put_upper(s, to);
		if (s.len > 0 && collation == IMAP_ASCII_CASEMAP) {
			buf_put_octet(to, s.at[0]);
			s = str_skip(s, 1);
		} else if (s.len > 0) {
			uint32_t c = utf8_next(&s);

			put_mapped(c == UTF8_BAD ? 0xfffd : c, false, to);
		}
	}
}

bool imap_text_subject(struct str subject, struct buf *to)
{
	struct buf decoded;
	bool reply;

	if (str_find(subject, '=') == STR_NPOS)
		return subject_base(subject, to);
	buf_init(&decoded, BUF_NO_CEILING);
	encoded_word_decode(subject, &decoded);
	reply = subject_base(buf_str(&decoded), to);
	buf_done(&decoded);
	return reply;
}

void imap_text_value(enum imap_collation collation, struct str value, struct buf *to)
{
	struct buf flat, decoded;

	if (str_is_ascii(value) && (!str_has_octet(value, '=') || str_find_str(value, S("=?")) == STR_NPOS)) {
		put_plain_value(collation, value, to);
		return;
	}
	buf_init(&flat, BUF_NO_CEILING);
	buf_init(&decoded, BUF_NO_CEILING);
	header_unfold_utf8(value, &flat);
	encoded_word_decode(buf_str(&flat), &decoded);
	imap_text_fold(collation, buf_str(&decoded), to);
	buf_done(&flat);
	buf_done(&decoded);
}

void imap_text_addresses(enum imap_collation collation, const struct record *r,
	struct record_rows rows, struct buf *line, struct buf *to)
{
	struct record_address a;

	buf_clear(line);
	while (record_address_next(r, &rows, &a)) {
		buf_put(line, line->len > 0 ? S(", ") : S(""));
		buf_put(line, a.name);
		buf_put(line, a.name.len > 0 ? S(" <") : S("<"));
		buf_put(line, a.mailbox);
		buf_put_octet(line, '@');
		buf_put(line, a.host);
		buf_put_octet(line, '>');
	}
	imap_text_value(collation, buf_str(line), to);
}

void imap_text_header(enum imap_collation collation, struct str header, struct buf *to)
{
	struct header_walk walk = header_walk(header);
	struct header_field field;

	while (header_next(&walk, &field)) {
		imap_text_fold(collation, field.name, to);
		buf_put(to, S(": "));
		imap_text_value(collation, field.value, to);
		buf_put(to, S("\r\n"));
	}
}

void imap_text_init(struct imap_text *t)
{
	*t = (struct imap_text){ 0 };
	buf_init(&t->line, BUF_NO_CEILING);
	buf_init(&t->utf8, BUF_NO_CEILING);
	buf_init(&t->window, BUF_NO_CEILING);
}

void imap_text_done(struct imap_text *t)
{
	buf_done(&t->line);
	buf_done(&t->utf8);
	buf_done(&t->window);
}

void imap_text_begin(
	struct imap_text *t, enum record_encoding encoding, struct str charset, size_t overlap)
{
	t->encoding = encoding;
	t->charset = charset;
	t->overlap = overlap;
	buf_clear(&t->line);
	buf_clear(&t->window);
}

static bool is_base64(char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c) || c == '+' || c == '/';
}

/* Up to a whole number of quanta. */
static size_t cut_base64(struct str raw)
{
	size_t letters = 0, n = raw.len;

	for (size_t i = 0; i < raw.len; i++)
		letters += is_base64(raw.at[i]);
	while (letters % 4 != 0 && n > 0)
		letters -= is_base64(raw.at[--n]);
	return n > 0 ? n : raw.len;
}

/* Up to a line end; inside a very long line, not into an escape. */
static size_t cut_quoted(struct str raw)
{
	size_t end = str_rfind(raw, '\n');

	if (end != STR_NPOS)
		return end + 1;
	if (raw.len < IMAP_TEXT_RAW_OCTETS)
		return 0;
	end = str_rfind(str_skip(raw, raw.len - 2), '=');
	return end == STR_NPOS ? raw.len : raw.len - 2 + end;
}

static size_t decode(struct imap_text *t, struct str raw, bool last)
{
	size_t n = raw.len;

	if (!last && t->encoding == RECORD_ENCODING_BASE64)
		n = cut_base64(raw);
	else if (!last && t->encoding == RECORD_ENCODING_QUOTED_PRINTABLE)
		n = cut_quoted(raw);
	raw = str_sub(raw, 0, n);
	if (t->encoding == RECORD_ENCODING_BASE64)
		transfer_base64(raw, &t->line);
	else if (t->encoding == RECORD_ENCODING_QUOTED_PRINTABLE)
		transfer_quoted_printable(raw, &t->line);
	else
		buf_put(&t->line, raw);
	return n;
}

size_t imap_text_feed(struct imap_text *t, struct str raw, bool last)
{
	size_t used = decode(t, raw, last), end = str_rfind(buf_str(&t->line), '\n');
	struct str text;

	/* Whole lines, for charsets with more than one octet to a character or with a state begin
	 * anew there. */
	end = last || (end == STR_NPOS && t->line.len >= LINE_OCTETS_MAX) ? t->line.len : end + 1;
	text = str_sub(buf_str(&t->line), 0, end);
	buf_clear(&t->utf8);
	if (t->charset.len > 0)
		charset_to_utf8(t->charset, text, &t->utf8);
	else
		charset_guess_to_utf8(text, &t->utf8);
	buf_drop(&t->line, end);
	if (t->window.len > t->overlap)
		buf_drop(&t->window, t->window.len - t->overlap);
	imap_text_fold(t->collation, buf_str(&t->utf8), &t->window);
	return used;
}
