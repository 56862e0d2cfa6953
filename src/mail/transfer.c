#include "mail/transfer.h"

int transfer_hex(char c)
{
	if (ascii_is_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

#define NO_LETTER  0x80u
#define QUANTA_MAX ((size_t)1024) /* decoded in one go */

/* Of base64; one more than the value, so that what is left out is none. */
static const uint8_t letters[256] = {
	['A'] = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
	['a'] = 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52,
	['0'] = 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, ['+'] = 63, ['/'] = 64,
};

/* With a bit beyond the value's for what is no letter. */
static uint32_t base64_value(char c)
{
	return (uint32_t)letters[(unsigned char)c] - 1;
}

/* Whole quanta with nothing between them: most of every line. Returns how many octets of the text were used. */
static size_t whole_quanta(struct str text, struct buf *to)
{
	size_t n = 0, most = text.len / 4 < QUANTA_MAX ? text.len / 4 : QUANTA_MAX;
	char *out;

	/* Octets that are none of base64 need no room: at the ceiling each is looked at by itself. */
	if (buf_overflowed(to) || to->ceiling - to->len < most * 3)
		return 0;
	out = buf_room(to, most * 3);
	for (; out != NULL && n < most * 4; n += 4) {
		uint32_t a = base64_value(text.at[n]), b = base64_value(text.at[n + 1]);
		uint32_t c = base64_value(text.at[n + 2]), d = base64_value(text.at[n + 3]);

		if ((a | b | c | d) & NO_LETTER)
			break;
		*out++ = (char)(a << 2 | b >> 4);
		*out++ = (char)(b << 4 | c >> 2);
		*out++ = (char)(c << 6 | d);
	}
	buf_added(to, n / 4 * 3);
	return n;
}

void transfer_base64_more(struct transfer_base64 *state, struct str text, struct buf *to)
{
	struct transfer_base64 s = *state;

	for (size_t i = 0; i < text.len; i++) {
		uint32_t v;

		if (s.held == 0)
			i += whole_quanta(str_skip(text, i), to);
		if (i == text.len)
			break;
		v = base64_value(text.at[i]);
		if (text.at[i] == '=')
			s.held = 0;
		if (v & NO_LETTER)
			continue;
		s.bits = s.bits << 6 | v;
		s.held += 6;
		if (s.held < 8)
			continue;
		s.held -= 8;
		buf_put_octet(to, (char)(s.bits >> s.held));
	}
	*state = s;
}

void transfer_base64(struct str text, struct buf *to)
{
	struct transfer_base64 state = { 0 };

	transfer_base64_more(&state, text, to);
}

/* The octet of "=XX" at the start of s, or -1. */
static int escaped(struct str s)
{
	int high, low;

	if (s.len < 3 || s.at[0] != '=')
		return -1;
	high = transfer_hex(s.at[1]);
	low = transfer_hex(s.at[2]);
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* Decodes the "=XX" of s; other octets are kept, but for `space`, which becomes a space. */
static void put_escaped(struct str s, char space, struct buf *to)
{
	size_t plain = 0;

	while (plain < s.len) {
		int octet = escaped(str_skip(s, plain));

		if (octet < 0 && s.at[plain] != space) {
			plain++;
			continue;
		}
		buf_put(to, str_sub(s, 0, plain));
		buf_put_octet(to, octet < 0 ? ' ' : (char)octet);
		s = str_skip(s, plain + (octet < 0 ? 1 : 3));
		plain = 0;
	}
	buf_put(to, s);
}

void transfer_q(struct str text, struct buf *to)
{
	put_escaped(text, '_', to);
}

size_t transfer_quoted_printable_cut(struct str text, size_t full)
{
	size_t end = str_rfind(text, '\n');

	if (end != STR_NPOS)
		return end + 1;
	if (text.len < full)
		return 0;
	end = str_rfind(str_skip(text, text.len - 2), '=');
	end = end == STR_NPOS ? text.len : text.len - 2 + end;
	while (end > 0 && (ascii_is_wsp(text.at[end - 1]) || text.at[end - 1] == '\r'))
		end--;
	return end > 0 ? end : text.len;
}

void transfer_quoted_printable(struct str text, struct buf *to)
{
	while (text.len > 0) {
		size_t at = str_find(text, '\n');
		struct str line = str_sub(text, 0, at == STR_NPOS ? text.len : at);
		bool soft = false, crlf = line.len > 0 && line.at[line.len - 1] == '\r';

		text = str_skip(text, line.len + 1);
		if (at != STR_NPOS && crlf)
			line.len--;
		while (line.len > 0 && ascii_is_wsp(line.at[line.len - 1]))
			line.len--;
		if (line.len > 0 && line.at[line.len - 1] == '=') {
			line.len--;
			soft = true;
		}
		put_escaped(line, ' ', to);
		if (!soft && at != STR_NPOS)
			buf_put(to, crlf ? S("\r\n") : S("\n"));
	}
}
