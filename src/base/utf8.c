#include "base/utf8.h"

struct lead {
	unsigned char mask, bits;
	size_t octets;
	uint32_t least;
};

static const struct lead leads[] = {
	{ 0x80, 0x00, 1, 0 },
	{ 0xe0, 0xc0, 2, 0x80 },
	{ 0xf0, 0xe0, 3, 0x800 },
	{ 0xf8, 0xf0, 4, 0x10000 },
};

static uint32_t decode(struct str s, const struct lead *lead)
{
	uint32_t c = (unsigned char)s.at[0] & (unsigned char)~lead->mask;

	if (s.len < lead->octets)
		return UTF8_BAD;
	for (size_t i = 1; i < lead->octets; i++) {
		unsigned char next = (unsigned char)s.at[i];

		if ((next & 0xc0) != 0x80)
			return UTF8_BAD;
		c = c << 6 | (next & 0x3f);
	}
	if (c < lead->least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return UTF8_BAD;
	return c;
}

uint32_t utf8_next(struct str *rest)
{
	unsigned char first = (unsigned char)rest->at[0];

	for (size_t i = 0; i < sizeof(leads) / sizeof(*leads); i++) {
		if ((first & leads[i].mask) == leads[i].bits) {
			uint32_t c = decode(*rest, &leads[i]);

			*rest = str_skip(*rest, c == UTF8_BAD ? 1 : leads[i].octets);
			return c;
		}
	}
	*rest = str_skip(*rest, 1);
	return UTF8_BAD;
}

bool utf8_valid(struct str s)
{
	for (s = str_skip(s, str_ascii_span(s)); s.len > 0; s = str_skip(s, str_ascii_span(s))) {
		if (utf8_next(&s) == UTF8_BAD)
			return false;
	}
	return true;
}

void utf8_put(struct buf *to, uint32_t c)
{
	if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		c = 0xfffd;
	if (c < 0x80) {
		buf_put_octet(to, (char)c);
	} else if (c < 0x800) {
		buf_put_octet(to, (char)(0xc0 | c >> 6));
		buf_put_octet(to, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		buf_put_octet(to, (char)(0xe0 | c >> 12));
		buf_put_octet(to, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_put_octet(to, (char)(0x80 | (c & 0x3f)));
	} else {
		buf_put_octet(to, (char)(0xf0 | c >> 18));
		buf_put_octet(to, (char)(0x80 | (c >> 12 & 0x3f)));
		buf_put_octet(to, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_put_octet(to, (char)(0x80 | (c & 0x3f)));
	}
}
