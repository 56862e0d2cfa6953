#include "store/nntp_name.h"

#include "base/utf8.h"
#include "wire/nntp.h"

static bool stands(unsigned char c)
{
	return ascii_is_alpha((char)c) || ascii_is_digit((char)c) || c == '+' || c == '-' || c == '_';
}

/* Controls of C1 and what has no width: two names that differ in them look the same. */
static bool is_unseen(uint32_t c)
{
	return c == UTF8_BAD || (c >= 0x80 && c <= 0xa0) || c == 0xad || c == 0x61c || c == 0x180e || (c >= 0x2000 && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202f) || (c >= 0x205f && c <= 0x206f) || c == 0x3000 || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
	       (c >= 0xe0000 && c <= 0xe0fff);
}

static void put_escaped(struct buf *to, struct str octets)
{
	for (size_t i = 0; i < octets.len; i++)
		buf_printf(to, "%%%02X", (unsigned char)octets.at[i]);
}

static void put_all(struct buf *to, struct str rest)
{
	while (rest.len > 0 && to->len <= 4 * NNTP_GROUP_OCTETS_MAX) {
		struct str from = rest;
		uint32_t c = utf8_next(&rest);
		struct str whole = str_sub(from, 0, from.len - rest.len);

		if (c == '/')
			buf_put_octet(to, '.');
		else if (c < 0x80 ? stands((unsigned char)c) : !is_unseen(c))
			buf_put(to, whole);
		else
			put_escaped(to, whole);
	}
}

bool nntp_name_put(struct buf *to, struct str folder)
{
	struct buf name;
	bool good;

	buf_init(&name, BUF_NO_CEILING);
	put_all(&name, folder);
	good = name.len > 0 && name.len <= NNTP_GROUP_OCTETS_MAX;
	if (good)
		buf_put(to, buf_str(&name));
	buf_done(&name);
	return good;
}

static int hex(char c)
{
	if (ascii_is_digit(c))
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool take_octet(struct str *rest, char *ret)
{
	int high, low;

	*ret = rest->at[0] == '.' ? '/' : rest->at[0];
	if (*ret != '%') {
		*rest = str_skip(*rest, 1);
		return true;
	}
	high = rest->len >= 3 ? hex(rest->at[1]) : -1;
	low = rest->len >= 3 ? hex(rest->at[2]) : -1;
	*rest = str_skip(*rest, 3);
	if (high < 0 || low < 0)
		return false;
	*ret = (char)(high << 4 | low);
	return true;
}

bool nntp_name_get(struct buf *to, struct str group)
{
	size_t before = to->len;
	struct str rest = group;
	struct buf again;
	bool good = group.len > 0 && group.len <= NNTP_GROUP_OCTETS_MAX;
	char c;

	while (good && rest.len > 0) {
		good = take_octet(&rest, &c);
		buf_put_octet(to, c);
	}
	if (!good)
		return false;
	buf_init(&again, BUF_NO_CEILING);
	good = nntp_name_put(&again, str_skip(buf_str(to), before)) && str_eq(buf_str(&again), group);
	buf_done(&again);
	return good;
}
