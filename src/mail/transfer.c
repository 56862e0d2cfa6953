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

void transfer_base64_more(struct transfer_base64 *state, struct str text, struct buf *to)
{
	struct transfer_base64 s = *state;
	char out[3072];
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		int v = base64_value(text.at[i]);

		if (text.at[i] == '=')
			s.held = 0;
		if (v < 0)
			continue;
		s.bits = s.bits << 6 | (uint32_t)v;
		s.held += 6;
		if (s.held < 8)
			continue;
		s.held -= 8;
		out[len++] = (char)(s.bits >> s.held);
		if (len == sizeof(out)) {
			buf_put(to, str_make(out, len));
			len = 0;
		}
	}
	buf_put(to, str_make(out, len));
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
