#include "store/imap_text.h"

#include <utf8proc.h>

#include "base/utf8.h"
#include "base/word.h"
#include "mail/encoded_word.h"
#include "mail/header.h"
#include "mail/subject.h"

#define SHARP_S 0xdfu /* has no titlecase in UnicodeData; the library knows one */

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
	buf_init(&t->decoded, BUF_NO_CEILING);
	buf_init(&t->utf8, BUF_NO_CEILING);
	buf_init(&t->window, BUF_NO_CEILING);
}

void imap_text_done(struct imap_text *t)
{
	charset_reader_done(&t->reader);
	buf_done(&t->decoded);
	buf_done(&t->utf8);
	buf_done(&t->window);
}

void imap_text_begin(
	struct imap_text *t, enum record_encoding encoding, struct str charset, size_t overlap)
{
	t->encoding = encoding;
	t->base64 = (struct transfer_base64){ 0 };
	t->overlap = overlap;
	charset_reader_done(&t->reader);
	/* Without a name it is guessed, and that never fails. */
	if (!charset_reader_open(&t->reader, charset))
		must(charset_reader_open(&t->reader, STR_NONE));
	buf_clear(&t->window);
}

/* Returns how much was used. */
static size_t decode(struct imap_text *t, struct str raw, bool last)
{
	buf_clear(&t->decoded);
	if (t->encoding == RECORD_ENCODING_BASE64) {
		transfer_base64_more(&t->base64, raw, &t->decoded);
	} else if (t->encoding == RECORD_ENCODING_QUOTED_PRINTABLE) {
		if (!last)
			raw.len = transfer_quoted_printable_cut(raw, IMAP_TEXT_RAW_OCTETS);
		transfer_quoted_printable(raw, &t->decoded);
	} else {
		buf_put(&t->decoded, raw);
	}
	return raw.len;
}

size_t imap_text_feed(struct imap_text *t, struct str raw, bool last)
{
	size_t used = decode(t, raw, last);

	buf_clear(&t->utf8);
	charset_reader_more(&t->reader, buf_str(&t->decoded), last, &t->utf8);
	if (t->window.len > t->overlap)
		buf_drop(&t->window, t->window.len - t->overlap);
	imap_text_fold(t->collation, buf_str(&t->utf8), &t->window);
	return used;
}
