#include "mail/encoded_word.h"

#include "mail/charset.h"
#include "mail/transfer.h"

#define CHARSET_OCTETS_MAX 64

/* Octets of words in one charset, not yet converted: a character may go on in the next word. */
struct pending {
	struct str charset;
	struct buf octets;
};

static void put_text(struct str s, struct buf *to)
{
	size_t from = to->len;

	charset_guess_to_utf8(s, to);
	for (size_t i = from; i < to->len; i++) {
		if ((unsigned char)to->at[i] < 0x20 || to->at[i] == 0x7f)
			to->at[i] = ' ';
	}
}

static void put_charset(struct str charset, struct str octets, struct buf *to)
{
	struct buf text;

	buf_init(&text, BUF_NO_CEILING);
	charset_to_utf8(charset, octets, &text);
	put_text(buf_str(&text), to);
	buf_done(&text);
}

static void flush(struct pending *p, struct buf *to)
{
	if (p->octets.len > 0)
		put_charset(p->charset, buf_str(&p->octets), to);
	buf_clear(&p->octets);
}

bool encoded_word_cut(struct str s, bool *no_end, struct encoded_word *ret)
{
	struct str rest = str_skip(s, 2), head = str_sub(rest, 0, CHARSET_OCTETS_MAX + 1);
	size_t mark = str_find(head, '?'), end, star;

	if (mark == STR_NPOS || mark == 0 || rest.len < mark + 3 || rest.at[mark + 2] != '?')
		return false;
	ret->charset = str_sub(rest, 0, mark);
	star = str_find(ret->charset, '*'); /* RFC 2231 section 5: charset*language */
	ret->language = STR_NONE;
	if (star != STR_NPOS) {
		ret->language = str_skip(ret->charset, star);
		ret->charset.len = star;
	}
	ret->encoding = ascii_lower(rest.at[mark + 1]);
	if (ret->encoding != 'b' && ret->encoding != 'q')
		return false;
	rest = str_skip(rest, mark + 3);
	end = str_find_str(rest, S("?="));
	if (end == STR_NPOS) {
		*no_end = true;
		return false;
	}
	ret->text = str_sub(rest, 0, end);
	ret->octets = 2 + mark + 3 + end + 2;
	return true;
}

void encoded_word_octets(const struct encoded_word *w, struct buf *to)
{
	if (w->encoding == 'b')
		transfer_base64(w->text, to);
	else
		transfer_q(w->text, to);
}

static void add_word(struct pending *p, const struct encoded_word *w, struct buf *to)
{
	if (!str_ieq(p->charset, w->charset))
		flush(p, to);
	p->charset = w->charset;
	encoded_word_octets(w, &p->octets);
}

void encoded_word_decode(struct str text, struct buf *to)
{
	struct pending pending = { STR_NONE, { 0 } };
	bool no_end = false, after_word = false;

	buf_init(&pending.octets, BUF_NO_CEILING);
	while (text.len > 0) {
		size_t at = no_end ? STR_NPOS : str_find_str(text, S("=?"));
		struct str plain = str_sub(text, 0, at == STR_NPOS ? text.len : at);
		struct encoded_word word;
		bool found;

		text = str_skip(text, plain.len);
		found = text.len > 0 && encoded_word_cut(text, &no_end, &word);
		if (!found && text.len > 0) {
			plain.len += 2;
			text = str_skip(text, 2);
		}
		if (!after_word || !found || str_trim(plain).len > 0) {
			flush(&pending, to);
			put_text(plain, to);
		}
		after_word = found;
		if (found) {
			add_word(&pending, &word, to);
			text = str_skip(text, word.octets);
		}
	}
	flush(&pending, to);
	buf_done(&pending.octets);
}

void encoded_word_decode_param(struct str value, struct buf *to)
{
	struct str charset = STR_NONE, language, rest = value;
	struct buf octets;

	if (!str_cut(&rest, '\'', &charset) || !str_cut(&rest, '\'', &language)) {
		rest = value;
		charset = STR_NONE;
	}
	buf_init(&octets, BUF_NO_CEILING);
	for (size_t i = 0; i < rest.len; i++) {
		int high = i + 2 < rest.len && rest.at[i] == '%' ? transfer_hex(rest.at[i + 1]) : -1;
		int low = high >= 0 ? transfer_hex(rest.at[i + 2]) : -1;

		buf_put_octet(&octets, (char)(low >= 0 ? high << 4 | low : rest.at[i]));
		if (low >= 0)
			i += 2;
	}
	put_charset(charset, buf_str(&octets), to);
	buf_done(&octets);
}
