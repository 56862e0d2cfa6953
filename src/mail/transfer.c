#include "mail/transfer.h"

int transfer_hex(char c)
{
	if (ascii_is_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (ascii_is_digit(c))
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

void transfer_base64(struct str text, struct buf *to)
{
	char out[3072];
	size_t len = 0;
	uint32_t bits = 0;
	unsigned held = 0;

	for (size_t i = 0; i < text.len; i++) {
		int v = base64_value(text.at[i]);

		if (text.at[i] == '=')
			held = 0;
		if (v < 0)
			continue;
		bits = bits << 6 | (uint32_t)v;
		held += 6;
		if (held < 8)
			continue;
		held -= 8;
		out[len++] = (char)(bits >> held);
		if (len == sizeof(out)) {
			buf_put(to, str_make(out, len));
			len = 0;
		}
	}
	buf_put(to, str_make(out, len));
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
