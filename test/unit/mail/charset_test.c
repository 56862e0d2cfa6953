/* Charsets read in pieces and written: every cut gives the same, every character comes back. */
#include "mail/charset.h"

#include "base/utf8.h"
#include "tap.h"

static const struct {
	struct str charset, octets, want;
} reads[] = {
	{ S_INIT("utf-8"), S_INIT("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80z"), S_INIT("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80z") },
	{ S_INIT("UTF-8"), S_INIT("\xc3(\xe2\x82"), S_INIT("\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd") },
	{ S_INIT(""), S_INIT("\xc3\xa4\xe4\xe2\x82"), S_INIT("\xc3\xa4\xc3\xa4\xc3\xa2\xe2\x80\x9a") },
	{ S_INIT("iso-8859-1"), S_INIT("\xe4\x80"), S_INIT("\xc3\xa4\xe2\x82\xac") },
	{ S_INIT("ISO-8859-15"), S_INIT("\xa4"), S_INIT("\xe2\x82\xac") },
	{ S_INIT("iso-8859-2"), S_INIT("\xb1"), S_INIT("\xc4\x85") },
	{ S_INIT("iso-8859-3"), S_INIT("\xb1"), S_INIT("\xc4\xa7") },
	{ S_INIT("iso-8859-4"), S_INIT("\xb1"), S_INIT("\xc4\x85") },
	{ S_INIT("iso-8859-5"), S_INIT("\xb1"), S_INIT("\xd0\x91") },
	{ S_INIT("iso-8859-6"), S_INIT("\xc7"), S_INIT("\xd8\xa7") },
	{ S_INIT("iso-8859-7"), S_INIT("\xe1"), S_INIT("\xce\xb1") },
	{ S_INIT("iso-8859-8"), S_INIT("\xe0"), S_INIT("\xd7\x90") },
	/* Letters that the C library holds back, as another could combine with them. */
	{ S_INIT("windows-1255"), S_INIT("\xf9\xec\xe5\xed"), S_INIT("\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d") },
	{ S_INIT("windows-1258"), S_INIT("abc"), S_INIT("abc") },
	{ S_INIT("iso-2022-jp"), S_INIT("\x1b$B\x46\x7c\x4b\x5c\x1b(Bz"), S_INIT("\xe6\x97\xa5\xe6\x9c\xacz") },
	{ S_INIT("shift_jis"), S_INIT("\x93\xfa\x96\x7b"), S_INIT("\xe6\x97\xa5\xe6\x9c\xac") },
	{ S_INIT("gb2312"), S_INIT("\xc4\xe3\xba\xc3"), S_INIT("\xe4\xbd\xa0\xe5\xa5\xbd") },
	{ S_INIT("utf-16le"), S_INIT("a\0\x0a\x01"), S_INIT("a\xc4\x8a") },
	{ S_INIT("utf-7"), S_INIT("+AOQ-b"), S_INIT("\xc3\xa4" "b") },
	{ S_INIT("big5"), S_INIT("\xa4"), S_INIT("\xef\xbf\xbd") },
};

static void read_cut(struct str charset, struct str octets, size_t cut, struct buf *to)
{
	struct charset_reader r;

	buf_clear(to);
	if (!charset_reader_open(&r, charset)) {
		buf_put(to, S("unknown"));
		return;
	}
	charset_reader_more(&r, str_sub(octets, 0, cut), false, to);
	charset_reader_more(&r, STR_NONE, false, to);
	charset_reader_more(&r, str_skip(octets, cut), true, to);
	charset_reader_done(&r);
}

static void reading(void)
{
	struct buf got;

	buf_init(&got, BUF_NO_CEILING);
	for (size_t i = 0; i < sizeof(reads) / sizeof(*reads); i++) {
		size_t bad = 0;

		for (size_t cut = 0; cut <= reads[i].octets.len; cut++) {
			read_cut(reads[i].charset, reads[i].octets, cut, &got);
			bad += !str_eq(buf_str(&got), reads[i].want);
		}
		OK(bad == 0, "%.*s: %zu cuts differ, '%.*s'", STR_FMT(reads[i].charset), bad, STR_FMT(buf_str(&got)));
		if (reads[i].charset.len == 0)
			continue;
		buf_clear(&got);
		OK(charset_to_utf8(reads[i].charset, reads[i].octets, &got), "%.*s is known", STR_FMT(reads[i].charset));
		IS_STR(buf_str(&got), reads[i].want);
	}
	read_cut(S("x-unknown"), S("a"), 1, &got);
	IS_STR(buf_str(&got), S("unknown"));
	OK(charset_is_known(S("KOI8-R")) && charset_is_known(S("Latin1")) && !charset_is_known(S("")) && !charset_is_known(S("hz-gb-2312")),
		"names");
	buf_done(&got);
}

#define CHARSET(name, from, to) { name, from, to },
static const struct {
	const char *name, *from, *to;
} rows[] = {
#include "mail/charset.tbl"
};
#undef CHARSET

/* The C library has every row, and what is written can be read; a charset of nothing but ASCII must at least hold that. */
static void every_row(void)
{
	struct buf out, back;

	buf_init(&out, BUF_NO_CEILING);
	buf_init(&back, BUF_NO_CEILING);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct str name = str_from_c(rows[i].name);
		struct charset_reader r;
		struct charset_writer w;
		bool reads_it = charset_reader_open(&r, name);

		OK(reads_it && name.len <= CHARSET_NAME_OCTETS_MAX, "%s is read", rows[i].name);
		if (reads_it)
			charset_reader_done(&r);
		if (*rows[i].to == '\0') {
			OK(charset_made(name).at == NULL, "%s is not made", rows[i].name);
			continue;
		}
		IS_STR(charset_made(name), name);
		if (charset_writer_open(&w, name, STR_NONE) != ERR_OK) {
			OK(false, "%s is made", rows[i].name);
			continue;
		}
		buf_clear(&out);
		buf_clear(&back);
		OK(charset_writer_more(&w, S("Az 09\r\n~\\"), &out) == ERR_OK, "%s has ASCII", rows[i].name);
		charset_writer_end(&w, &out);
		charset_writer_done(&w);
		charset_to_utf8(name, buf_str(&out), &back);
		IS_STR(buf_str(&back), S("Az 09\r\n~\\"));
	}
	buf_done(&out);
	buf_done(&back);
}

static const struct {
	struct str charset, replacement, utf8, want;
	enum err opens, writes;
} writes[] = {
	{ S_INIT("utf-8"), { NULL, 0 }, S_INIT("\xf0\x9f\x98\x80"), S_INIT("\xf0\x9f\x98\x80"), ERR_OK, ERR_OK },
	{ S_INIT("ISO-8859-1"), { NULL, 0 }, S_INIT("a\xc3\xa4"), S_INIT("a\xe4"), ERR_OK, ERR_OK },
	{ S_INIT("iso-8859-1"), { NULL, 0 }, S_INIT("a\xe2\x82\xac"), S_INIT("a"), ERR_OK, ERR_CHARSET },
	{ S_INIT("us-ascii"), S_INIT("?"), S_INIT("a\xc3\xa4z\xe2\x82\xac"), S_INIT("a?z?"), ERR_OK, ERR_OK },
	{ S_INIT("us-ascii"), S_INIT(""), S_INIT("a\xc3\xa4z"), S_INIT("az"), ERR_OK, ERR_OK },
	{ S_INIT("us-ascii"), S_INIT("\xc3\xa4"), S_INIT(""), S_INIT(""), ERR_CHARSET, ERR_OK },
	{ S_INIT("windows-1252"), { NULL, 0 }, S_INIT("\xe2\x82\xac"), S_INIT("\x80"), ERR_OK, ERR_OK },
	/* Characters that the C library would drop without a word. */
	{ S_INIT("iso-8859-1"), { NULL, 0 }, S_INIT("a\xf3\xa0\x81\xa7z"), S_INIT("a"), ERR_OK, ERR_CHARSET },
	{ S_INIT("iso-8859-1"), S_INIT("?"), S_INIT("a\xf3\xa0\x81\xa7z\xf3\xa0\x84\x80"), S_INIT("a?z?"), ERR_OK, ERR_OK },
	{ S_INIT("iso-2022-jp"), S_INIT("?"), S_INIT("\xe6\x97\xa5\xc3\xa4\xe6\x9c\xac"), S_INIT("\x1b$BF|\x1b(B?\x1b$BK\\\x1b(B"), ERR_OK, ERR_OK },
	{ S_INIT("utf-16"), { NULL, 0 }, S_INIT(""), S_INIT(""), ERR_CHARSET, ERR_OK },
	{ S_INIT("x-unknown"), { NULL, 0 }, S_INIT(""), S_INIT(""), ERR_CHARSET, ERR_OK },
};

static void writing(void)
{
	struct buf out;

	buf_init(&out, BUF_NO_CEILING);
	for (size_t i = 0; i < sizeof(writes) / sizeof(*writes); i++) {
		struct charset_writer w;
		enum err e = charset_writer_open(&w, writes[i].charset, writes[i].replacement);

		OK(e == writes[i].opens, "%zu: opened", i);
		if (e != ERR_OK)
			continue;
		buf_clear(&out);
		OK(charset_writer_more(&w, writes[i].utf8, &out) == writes[i].writes, "%zu: written", i);
		if (writes[i].writes == ERR_OK)
			charset_writer_end(&w, &out);
		IS_STR(buf_str(&out), writes[i].want);
		charset_writer_done(&w);
	}
	buf_done(&out);
}

int main(void)
{
	charset_prepare();
	charset_prepare();
	reading();
	every_row();
	writing();
	return tap_done();
}
