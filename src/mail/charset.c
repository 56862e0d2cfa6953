#include "mail/charset.h"

#include <errno.h>
#include <iconv.h>

#include "base/utf8.h"

struct alias {
	const char *name, *iconv, *made;
};

static const struct alias aliases[] = {
#define CHARSET(name, from, to) { name, from, to },
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

/* Most of every text; returns what follows. */
static struct str put_ascii(struct str octets, struct buf *to)
{
	size_t n = str_ascii_span(octets);

	buf_put(to, str_sub(octets, 0, n));
	return str_skip(octets, n);
}

static void put_mapped(struct str octets, uint32_t (*map)(unsigned char), struct buf *to)
{
	for (octets = put_ascii(octets, to); octets.len > 0; octets = put_ascii(octets, to)) {
		utf8_put(to, map((unsigned char)octets.at[0]));
		octets = str_skip(octets, 1);
	}
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

/* Returns how many octets at the end are the beginning of a character. */
static size_t put_iconv(iconv_t cd, struct str octets, struct buf *to)
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
		if (why == EINVAL && left <= CHARSET_HELD_OCTETS / 2)
			return left;
		utf8_put(to, 0xfffd);
		if (left == 0)
			break;
		in++;
		left--;
	}
	return 0;
}

/* The last character may still be held, as one that another could have combined with. */
static void end_iconv(iconv_t cd, size_t cut, struct buf *to)
{
	char out[64], *out_at = out;
	size_t room = sizeof(out);

	if (iconv(cd, NULL, NULL, &out_at, &room) != (size_t)-1)
		put_utf8(str_make(out, (size_t)(out_at - out)), to);
	if (cut > 0)
		utf8_put(to, 0xfffd);
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

/* What is read here and not by the C library. */
static const char *const utf8_names[] = { "utf-8", "utf8", NULL };
static const char *const latin1_names[] = { "iso-8859-1", "latin1", "iso_8859-1", "windows-1252", "cp1252", "us-ascii",
	"ascii", "ansi_x3.4-1968", NULL };
static const char *const latin9_names[] = { "iso-8859-15", "latin9", "latin-9", NULL };

bool charset_to_utf8(struct str charset, struct str octets, struct buf *to)
{
	const struct alias *alias;
	iconv_t cd = (iconv_t)-1;

	if (is_one_of(charset, utf8_names)) {
		put_utf8(octets, to);
		return true;
	}
	if (is_one_of(charset, latin1_names)) {
		put_mapped(octets, from_windows_1252, to);
		return true;
	}
	if (is_one_of(charset, latin9_names)) {
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
	end_iconv(cd, put_iconv(cd, octets, to), to);
	iconv_close(cd);
	return true;
}

/* ---- in pieces ---- */

static bool find_reading(struct str charset, enum charset_reading *ret)
{
	if (charset.len == 0)
		*ret = CHARSET_READ_GUESS;
	else if (is_one_of(charset, utf8_names))
		*ret = CHARSET_READ_UTF8;
	else if (is_one_of(charset, latin1_names))
		*ret = CHARSET_READ_1252;
	else if (is_one_of(charset, latin9_names))
		*ret = CHARSET_READ_LATIN9;
	else
		return false;
	return true;
}

bool charset_is_known(struct str charset)
{
	enum charset_reading how;

	return charset.len > 0 && (find_reading(charset, &how) || find_alias(charset) != NULL);
}

bool charset_reader_open(struct charset_reader *r, struct str charset)
{
	const struct alias *alias;
	iconv_t cd;

	*r = (struct charset_reader){ .how = CHARSET_READ_ICONV };
	if (find_reading(charset, &r->how))
		return true;
	alias = find_alias(charset);
	cd = alias != NULL ? iconv_open("UTF-8", alias->iconv) : (iconv_t)-1;
	if (cd == (iconv_t)-1)
		return false;
	r->iconv = cd;
	return true;
}

/* Octets at the end that may be the beginning of a character. */
static size_t utf8_cut(struct str s)
{
	for (size_t n = 1; n <= 3 && n <= s.len; n++) {
		unsigned char c = (unsigned char)s.at[s.len - n];
		size_t octets = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;

		if (c < 0x80)
			return 0;
		if (c >= 0xc0)
			return octets > n ? n : 0;
	}
	return 0;
}

static void put_guessed(struct str octets, struct buf *to)
{
	if (utf8_valid(octets)) {
		buf_put(to, octets);
		return;
	}
	for (octets = put_ascii(octets, to); octets.len > 0; octets = put_ascii(octets, to)) {
		unsigned char first = (unsigned char)octets.at[0];
		uint32_t c = utf8_next(&octets);

		utf8_put(to, c == UTF8_BAD ? from_windows_1252(first) : c);
	}
}

/* Returns how many octets at the end wait for more. */
static size_t read_piece(struct charset_reader *r, struct str octets, bool last, struct buf *to)
{
	size_t cut = 0;

	switch (r->how) {
	case CHARSET_READ_1252:
		put_mapped(octets, from_windows_1252, to);
		return 0;
	case CHARSET_READ_LATIN9:
		put_mapped(octets, from_iso_8859_15, to);
		return 0;
	case CHARSET_READ_ICONV:
		cut = put_iconv(r->iconv, octets, to);
		if (last)
			end_iconv(r->iconv, cut, to);
		return last ? 0 : cut;
	case CHARSET_READ_UTF8:
	case CHARSET_READ_GUESS:
		break;
	}
	cut = last ? 0 : utf8_cut(octets);
	octets.len -= cut;
	if (r->how == CHARSET_READ_UTF8)
		put_utf8(octets, to);
	else
		put_guessed(octets, to);
	return cut;
}

void charset_reader_more(struct charset_reader *r, struct str octets, bool last, struct buf *to)
{
	/* What is held goes on in the first octets of this piece. */
	while (r->held_len > 0 && (octets.len > 0 || last)) {
		char held[CHARSET_HELD_OCTETS];
		size_t n = octets.len > 0, cut;

		memcpy(held, r->held, r->held_len);
		if (n > 0)
			held[r->held_len] = octets.at[0];
		octets = str_skip(octets, n);
		n += r->held_len;
		cut = read_piece(r, str_make(held, n), last && octets.len == 0, to);
		memcpy(r->held, held + n - cut, cut);
		r->held_len = cut;
		if (last && octets.len == 0)
			return;
	}
	if (r->held_len == 0) {
		r->held_len = read_piece(r, octets, last, to);
		if (r->held_len > 0)
			memcpy(r->held, octets.at + octets.len - r->held_len, r->held_len);
	}
}

void charset_reader_done(struct charset_reader *r)
{
	if (r->iconv != NULL)
		iconv_close(r->iconv);
	r->iconv = NULL;
}

/* ---- the other way ---- */

struct str charset_made(struct str charset)
{
	const struct alias *alias = find_alias(charset);

	return alias != NULL && *alias->made != '\0' ? str_from_c(alias->name) : STR_NONE;
}

/* U+E0000 and its kin, in front of which the C library says nothing and writes nothing. */
static size_t before_tag(struct str s)
{
	for (size_t at = 0; at + 4 <= s.len;) {
		size_t next = str_find(str_skip(s, at), (char)0xf3);

		if (next == STR_NPOS)
			break;
		at += next;
		if (at + 4 <= s.len && (unsigned char)s.at[at + 1] == 0xa0 && ((unsigned char)s.at[at + 2] & 0xfe) == 0x80)
			return at;
		at++;
	}
	return s.len;
}

/* Up to the first character that is not in the charset. Returns the octets used. */
static size_t write_piece(iconv_t cd, struct str utf8, struct buf *to)
{
	char *in = (char *)(uintptr_t)utf8.at;
	size_t left = utf8.len;

	while (left > 0) {
		char out[512], *out_at = out;
		size_t room = sizeof(out);
		size_t result = iconv(cd, &in, &left, &out_at, &room);

		buf_put(to, str_make(out, (size_t)(out_at - out)));
		if (result == (size_t)-1 && room == sizeof(out))
			break;
	}
	return utf8.len - left;
}

enum err charset_writer_more(struct charset_writer *w, struct str utf8, struct buf *to)
{
	if (w->iconv == NULL) {
		buf_put(to, utf8);
		return ERR_OK;
	}
	while (utf8.len > 0) {
		size_t plain = before_tag(utf8), used = write_piece(w->iconv, str_sub(utf8, 0, plain), to);

		utf8 = str_skip(utf8, used);
		if (utf8.len == 0)
			break;
		if (w->replacement.at == NULL)
			return ERR_CHARSET;
		(void)utf8_next(&utf8);
		(void)write_piece(w->iconv, w->replacement, to);
	}
	return ERR_OK;
}

void charset_writer_end(struct charset_writer *w, struct buf *to)
{
	char out[64], *out_at = out;
	size_t room = sizeof(out);

	if (w->iconv != NULL && iconv(w->iconv, NULL, NULL, &out_at, &room) != (size_t)-1)
		buf_put(to, str_make(out, (size_t)(out_at - out)));
}

enum err charset_writer_open(struct charset_writer *w, struct str charset, struct str replacement)
{
	const struct alias *alias = find_alias(charset);
	struct buf scratch;
	iconv_t cd;
	enum err e;

	*w = (struct charset_writer){ 0 };
	if (alias == NULL || *alias->made == '\0')
		return ERR_CHARSET;
	w->stateful = str_istarts(str_from_c(alias->made), S("ISO-2022-"));
	if (strcmp(alias->made, "UTF-8") != 0) {
		cd = iconv_open(alias->made, "UTF-8");
		if (cd == (iconv_t)-1)
			return ERR_CHARSET;
		w->iconv = cd;
	}
	buf_init(&scratch, BUF_NO_CEILING);
	e = charset_writer_more(w, replacement, &scratch);
	charset_writer_end(w, &scratch);
	buf_done(&scratch);
	w->replacement = replacement;
	if (e != ERR_OK)
		charset_writer_done(w);
	return e;
}

void charset_writer_done(struct charset_writer *w)
{
	if (w->iconv != NULL)
		iconv_close(w->iconv);
	w->iconv = NULL;
}

void charset_prepare(void)
{
	/* Kept open on purpose: the C library then keeps the converters loaded. */
	static iconv_t held[ALIASES][2];

	for (size_t i = 0; i < ALIASES; i++) {
		if (held[i][0] == NULL)
			held[i][0] = iconv_open("UTF-8", aliases[i].iconv);
		if (held[i][1] == NULL && *aliases[i].made != '\0')
			held[i][1] = iconv_open(aliases[i].made, "UTF-8");
	}
}
