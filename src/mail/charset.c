#include "mail/charset.h"

#include <errno.h>
#include <iconv.h>

#include "base/utf8.h"

struct alias {
	const char *name, *iconv;
};

static const struct alias aliases[] = {
#define CHARSET(name, iconv) { name, iconv },
#include "mail/charset.tbl"
#undef CHARSET
};
#define ALIASES (sizeof(aliases) / sizeof(*aliases))

/* 0x80..0x9f of windows-1252; 0 is undefined. */
static const uint16_t windows_1252[32] = { 0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6,
	0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0, 0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
	0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178 };

static uint32_t from_windows_1252(unsigned char c)
{
	if (c < 0x80 || c > 0x9f)
		return c;
	return windows_1252[c - 0x80] ? windows_1252[c - 0x80] : 0xfffd;
}

/* The eight places where it differs from ISO-8859-1. */
static uint32_t from_iso_8859_15(unsigned char c)
{
	static const struct {
		unsigned char from;
		uint16_t to;
	} differ[] = { { 0xa4, 0x20ac }, { 0xa6, 0x160 }, { 0xa8, 0x161 }, { 0xb4, 0x17d }, { 0xb8, 0x17e },
		{ 0xbc, 0x152 }, { 0xbd, 0x153 }, { 0xbe, 0x178 } };

	for (size_t i = 0; i < sizeof(differ) / sizeof(*differ); i++) {
		if (differ[i].from == c)
			return differ[i].to;
	}
	return c;
}

static void put_mapped(struct str octets, uint32_t (*map)(unsigned char), struct buf *to)
{
	for (size_t i = 0; i < octets.len; i++)
		utf8_put(to, map((unsigned char)octets.at[i]));
}

static void put_utf8(struct str octets, struct buf *to)
{
	if (utf8_valid(octets)) {
		buf_put(to, octets);
		return;
	}
	while (octets.len > 0) {
		uint32_t c = utf8_next(&octets);

		utf8_put(to, c == UTF8_BAD ? 0xfffd : c);
	}
}

void charset_guess_to_utf8(struct str octets, struct buf *to)
{
	if (utf8_valid(octets))
		buf_put(to, octets);
	else
		put_mapped(octets, from_windows_1252, to);
}

static void put_iconv(iconv_t cd, struct str octets, struct buf *to)
{
	char *in = (char *)(uintptr_t)octets.at;
	size_t left = octets.len;

	while (left > 0) {
		char out[512], *out_at = out;
		size_t room = sizeof(out), before = left;
		size_t result = iconv(cd, &in, &left, &out_at, &room);
		int why = errno;

		put_utf8(str_make(out, (size_t)(out_at - out)), to);
		if (result != (size_t)-1 || (why == E2BIG && (left < before || room < sizeof(out))))
			continue;
		utf8_put(to, 0xfffd);
		if (why != EILSEQ || left == 0)
			return;
		in++;
		left--;
	}
}

static const struct alias *find_alias(struct str charset)
{
	for (size_t i = 0; i < ALIASES; i++) {
		if (str_ieq(charset, str_from_c(aliases[i].name)))
			return &aliases[i];
	}
	return NULL;
}

static bool is_one_of(struct str s, const char *const *names)
{
	for (; *names != NULL; names++) {
		if (str_ieq(s, str_from_c(*names)))
			return true;
	}
	return false;
}

bool charset_to_utf8(struct str charset, struct str octets, struct buf *to)
{
	static const char *const utf8[] = { "utf-8", "utf8", NULL };
	static const char *const latin1[] = { "iso-8859-1", "latin1", "iso_8859-1", "windows-1252", "cp1252",
		"us-ascii", "ascii", "ansi_x3.4-1968", NULL };
	static const char *const latin9[] = { "iso-8859-15", "latin9", "latin-9", NULL };
	const struct alias *alias;
	iconv_t cd = (iconv_t)-1;

	if (is_one_of(charset, utf8)) {
		put_utf8(octets, to);
		return true;
	}
	if (is_one_of(charset, latin1)) {
		put_mapped(octets, from_windows_1252, to);
		return true;
	}
	if (is_one_of(charset, latin9)) {
		put_mapped(octets, from_iso_8859_15, to);
		return true;
	}
	alias = find_alias(charset);
	if (alias != NULL)
		cd = iconv_open("UTF-8", alias->iconv);
	if (cd == (iconv_t)-1) {
		charset_guess_to_utf8(octets, to);
		return false;
	}
	put_iconv(cd, octets, to);
	iconv_close(cd);
	return true;
}

void charset_prepare(void)
{
	/* Kept open on purpose: the C library then keeps the converters loaded. */
	static iconv_t held[ALIASES];

	for (size_t i = 0; i < ALIASES; i++) {
		if (held[i] == NULL)
			held[i] = iconv_open("UTF-8", aliases[i].iconv);
	}
}
