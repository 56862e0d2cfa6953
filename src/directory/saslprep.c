#include "directory/saslprep.h"

#include <stdlib.h>
#include <utf8proc.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

struct range {
	uint32_t first, last;
};

/* RFC 3454 table B.1. */
static const struct range nothing[] = {
	{ 0x00ad, 0x00ad }, { 0x034f, 0x034f }, { 0x1806, 0x1806 }, { 0x180b, 0x180d }, { 0x200b, 0x200d },
	{ 0x2060, 0x2060 }, { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff },
};

/* Table C.1.2. */
static const struct range blanks[] = {
	{ 0x00a0, 0x00a0 }, { 0x1680, 0x1680 }, { 0x2000, 0x200b }, { 0x202f, 0x202f }, { 0x205f, 0x205f }, { 0x3000, 0x3000 },
};

/* Tables C.2.1 to C.9 but for the ends of the planes, U+xxFFFE and U+xxFFFF. */
static const struct range prohibited[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x0340, 0x0341 }, { 0x06dd, 0x06dd }, { 0x070f, 0x070f }, { 0x180e, 0x180e },
	{ 0x200c, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x2063 }, { 0x206a, 0x206f }, { 0x2ff0, 0x2ffb }, { 0xd800, 0xf8ff },
	{ 0xfdd0, 0xfdef }, { 0xfeff, 0xfeff }, { 0xfff9, 0xffff }, { 0x1d173, 0x1d17a }, { 0xe0001, 0xe0001 },
	{ 0xe0020, 0xe007f }, { 0xf0000, 0x10ffff },
};

#define IS_IN(c, ranges) is_in(c, ranges, sizeof(ranges) / sizeof(*(ranges)))

static bool is_in(uint32_t c, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	}
	return false;
}

/* RFC 4013 section 2.1. */
static void put_mapped(struct buf *to, struct str s)
{
	while (s.len > 0) {
		uint32_t c = utf8_next(&s);

		if (IS_IN(c, blanks))
			buf_put_octet(to, ' ');
		else if (!IS_IN(c, nothing))
			utf8_put(to, c);
	}
}

static bool is_prohibited(struct str s)
{
	while (s.len > 0) {
		uint32_t c = utf8_next(&s);

		if (IS_IN(c, prohibited) || IS_IN(c, blanks) || (c & 0xfffe) == 0xfffe)
			return true;
	}
	return false;
}

static bool is_right_to_left(uint32_t c)
{
	unsigned class = utf8proc_get_property((utf8proc_int32_t)c)->bidi_class;

	return class == UTF8PROC_BIDI_CLASS_R || class == UTF8PROC_BIDI_CLASS_AL;
}

/* RFC 3454 section 6: from right to left from the first to the last, with nothing from left to right. */
static bool is_mixed(struct str s)
{
	bool right = false, left = false, first = true, begins = false, ends = false;

	while (s.len > 0) {
		uint32_t c = utf8_next(&s);

		ends = is_right_to_left(c);
		begins |= first && ends;
		right |= ends;
		left |= utf8proc_get_property((utf8proc_int32_t)c)->bidi_class == UTF8PROC_BIDI_CLASS_L;
		first = false;
	}
	return right && (left || !begins || !ends);
}

enum err saslprep(struct arena *a, struct str s, struct str *ret)
{
	utf8proc_uint8_t *out = NULL;
	struct str prepared = S("");
	utf8proc_ssize_t n = 0;
	struct buf mapped;

	if (!utf8_valid(s))
		return ERR_SYNTAX;
	buf_init(&mapped, s.len + 1);
	if (buf_room(&mapped, s.len + 1) != NULL)
		put_mapped(&mapped, s);
	if (mapped.len > 0)
		n = utf8proc_map((const utf8proc_uint8_t *)mapped.at, (utf8proc_ssize_t)mapped.len, &out,
			UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
	if (n > 0)
		prepared = arena_str(a, str_make(out, (size_t)n));
	buf_wipe(&mapped);
	if (out != NULL && n > 0)
		mem_wipe(out, (size_t)n);
	free(out);
	if (n < 0 || prepared.len == 0 || is_prohibited(prepared) || is_mixed(prepared))
		return ERR_SYNTAX;
	*ret = prepared;
	return ERR_OK;
}
