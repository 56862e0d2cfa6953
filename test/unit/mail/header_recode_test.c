/* Headers in another charset (RFC 5259 section 6). */
#include "mail/header_recode.h"

#include "mail/encoded_word.h"
#include "tap.h"

static const struct {
	struct str charset, replacement, in, want;
	enum err err;
} rows[] = {
	{ S_INIT("utf-8"), { NULL, 0 }, S_INIT("Subject: =?KOI8-R?Q?why encode this?=\r\n"), S_INIT("Subject: =?utf-8?Q?why_encode_this?=\r\n"), ERR_OK },
	{ S_INIT("utf-8"), { NULL, 0 }, S_INIT("Subject: plain =? text\r\n folded\r\n"), S_INIT("Subject: plain =? text\r\n folded\r\n"), ERR_OK },
	{ S_INIT("utf-8"), { NULL, 0 }, S_INIT("From: =?iso-8859-1?q?J=FCrgen?= <j@x>\r\n"), S_INIT("From: =?utf-8?Q?J=C3=BCrgen?= <j@x>\r\n"), ERR_OK },
	{ S_INIT("iso-8859-1"), { NULL, 0 }, S_INIT("S: =?utf-8?B?w6Q=?=\r\n"), S_INIT("S: =?iso-8859-1?B?5A==?=\r\n"), ERR_OK },
	/* A character in two words, and words that are one text. */
	{ S_INIT("iso-8859-1"), { NULL, 0 }, S_INIT("S: =?utf-8?Q?=C3?=\r\n =?utf-8?Q?=A4b?= c\r\n"), S_INIT("S: =?iso-8859-1?Q?=E4b?= c\r\n"), ERR_OK },
	{ S_INIT("utf-8"), { NULL, 0 }, S_INIT("S: =?iso-8859-1?Q?a?= =?iso-8859-2?Q?b?=\r\n"), S_INIT("S: =?utf-8?Q?a?= =?utf-8?Q?b?=\r\n"), ERR_OK },
	{ S_INIT("utf-8"), { NULL, 0 }, S_INIT("S: =?iso-8859-1*de?Q?=E4?=\r\n"), S_INIT("S: =?utf-8*de?Q?=C3=A4?=\r\n"), ERR_OK },
	/* What cannot be decoded stays as it is. */
	{ S_INIT("utf-8"), { NULL, 0 }, S_INIT("S: =?x-none?Q?a?= =?koi8-r?Q?a?= =?utf-8?X?a?= =?utf-8?Q?=FF?= =?utf-8?Q?" "?=\r\n"),
		S_INIT("S: =?x-none?Q?a?= =?utf-8?Q?a?= =?utf-8?X?a?= =?utf-8?Q?=FF?= =?utf-8?Q?" "?=\r\n"), ERR_OK },
	{ S_INIT("us-ascii"), { NULL, 0 }, S_INIT("S: =?utf-8?Q?=C3=A4?=\r\n"), S_INIT(""), ERR_CHARSET },
	{ S_INIT("us-ascii"), S_INIT("?"), S_INIT("S: =?utf-8?Q?a=C3=A4?=\r\n"), S_INIT("S: =?us-ascii?Q?a=3F?=\r\n"), ERR_OK },
	/* No line end gets out of a word. */
	{ S_INIT("utf-8"), { NULL, 0 }, S_INIT("S: =?iso-8859-1?Q?a=0D=0AX:_y?=\r\n"), S_INIT("S: =?utf-8?Q?a=0D=0AX=3A_y?=\r\n"), ERR_OK },
	{ S_INIT("iso-2022-jp"), { NULL, 0 }, S_INIT("S: =?utf-8?Q?=E6=97=A5=E6=9C=AC?=\r\n"), S_INIT("S: =?iso-2022-jp?B?GyRCRnxLXBsoQg==?=\r\n"), ERR_OK },
	/* RFC 2231. */
	{ S_INIT("utf-8"), { NULL, 0 }, S_INIT("Content-Type: text/plain; name*=iso-8859-1'de'%E4b\r\n"),
		S_INIT("Content-Type: text/plain;\r\n name*=utf-8'de'%C3%A4b\r\n"), ERR_OK },
	{ S_INIT("utf-8"), { NULL, 0 }, S_INIT("Content-Type: text/plain; charset=utf-8; foo*0*=utf-8'fr'tr%c3;\r\n foo*1*(very)=%a4s_m;\r\n foo*2*=(nasty)%09chant\r\n"),
		S_INIT("Content-Type: text/plain;\r\n charset=utf-8;\r\n foo*=utf-8'fr'tr%C3%A4s_m%09chant\r\n (very)(nasty)\r\n"), ERR_OK },
	{ S_INIT("utf-8"), { NULL, 0 }, S_INIT("Content-Disposition: attachment; filename*=x-none''%E4; a=\"b \\\"c\"\r\n"),
		S_INIT("Content-Disposition: attachment;\r\n filename*=x-none''%E4;\r\n a=\"b \\\"c\"\r\n"), ERR_OK },
	{ S_INIT("utf-8"), { NULL, 0 }, S_INIT("Content-Type: text/plain; name=\"=?iso-8859-1?Q?=E4?=\"\r\n"),
		S_INIT("Content-Type: text/plain; name=\"=?utf-8?Q?=C3=A4?=\"\r\n"), ERR_OK },
	{ S_INIT("us-ascii"), { NULL, 0 }, S_INIT("Content-Type: text/plain; name*=utf-8''%C3%A4\r\n"), S_INIT(""), ERR_CHARSET },
	{ S_INIT("utf-8"), { NULL, 0 }, S_INIT("Content-Type: nonsense; name*=utf-8''%C3%A4\r\n"), S_INIT("Content-Type: nonsense; name*=utf-8''%C3%A4\r\n"), ERR_OK },
};

static enum err convert(struct str charset, struct str replacement, struct str in, struct buf *to)
{
	struct header_recode h;
	struct header_walk walk = header_walk(in);
	struct header_field f;
	enum err e = header_recode_open(&h, charset, replacement);

	if (e != ERR_OK)
		return e;
	while (e == ERR_OK && header_next(&walk, &f))
		e = header_recode_field(&h, &f, to);
	header_recode_done(&h);
	return e;
}

static void fields(void)
{
	struct buf out;

	buf_init(&out, BUF_NO_CEILING);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_clear(&out);
		OK(convert(rows[i].charset, rows[i].replacement, rows[i].in, &out) == rows[i].err, "row %zu", i);
		if (rows[i].err == ERR_OK)
			IS_STR(buf_str(&out), rows[i].want);
	}
	OK(convert(S("us-ascii"), S("\xc3\xa4"), S(""), &out) == ERR_CHARSET, "a replacement that cannot be written");
	buf_done(&out);
}

static size_t longest_line(struct str s)
{
	size_t longest = 0;
	struct str line;

	while (str_cut(&s, '\n', &line))
		longest = line.len - 1 > longest ? line.len - 1 : longest;
	return longest;
}

/* A long text becomes words of which each is whole, in lines of their length. */
static void long_texts(const char *charset, char kind)
{
	struct buf in, out, before, after;

	buf_init(&in, BUF_NO_CEILING);
	buf_init(&out, BUF_NO_CEILING);
	buf_init(&before, BUF_NO_CEILING);
	buf_init(&after, BUF_NO_CEILING);
	buf_printf(&in, "Subject: =?utf-8?%c?", kind);
	for (int i = 0; i < 200; i++)
		buf_put(&in, kind == 'Q' ? S("=E6=97=A5_") : S("5pel"));
	buf_put(&in, S("?=\r\n"));
	OK(convert(str_from_c(charset), STR_NONE, buf_str(&in), &out) == ERR_OK, "%s %c", charset, kind);
	OK(longest_line(buf_str(&out)) <= 76, "%s %c: a line of %zu", charset, kind, longest_line(buf_str(&out)));
	header_unfold(buf_str(&in), &before);
	header_unfold(buf_str(&out), &after);
	buf_clear(&in);
	buf_clear(&out);
	encoded_word_decode(buf_str(&before), &in);
	encoded_word_decode(buf_str(&after), &out);
	IS_STR(buf_str(&out), buf_str(&in));
	buf_done(&in);
	buf_done(&out);
	buf_done(&before);
	buf_done(&after);
}

static void long_params(void)
{
	struct buf in, out;

	buf_init(&in, BUF_NO_CEILING);
	buf_init(&out, BUF_NO_CEILING);
	buf_put(&in, S("Content-Disposition: attachment; filename*=utf-8''"));
	for (int i = 0; i < 100; i++)
		buf_put(&in, S("%E6%97%A5"));
	buf_put(&in, S("\r\n"));
	OK(convert(S("shift_jis"), STR_NONE, buf_str(&in), &out) == ERR_OK, "a long file name");
	OK(longest_line(buf_str(&out)) < 78, "a line of %zu", longest_line(buf_str(&out)));
	OK(str_find_str(buf_str(&out), S("\r\n filename*0*=shift_jis''%93%FA%93")) != STR_NPOS &&
			str_find_str(buf_str(&out), S(";\r\n filename*1*=%93%FA")) != STR_NPOS,
		"pieces begin with whole characters");
	OK(convert(S("us-ascii"), STR_NONE, S("A: =?utf-8?Q?=C3=A4?="), &out) == ERR_CHARSET, "a field without a line end");
	buf_done(&in);
	buf_done(&out);
}

static void too_long(void)
{
	struct buf in, out;

	buf_init(&in, BUF_NO_CEILING);
	buf_init(&out, BUF_NO_CEILING);
	buf_put(&in, S("Subject:"));
	while (in.len <= HEADER_RECODE_FIELD_OCTETS_MAX)
		buf_put(&in, S(" =?koi8-r?Q?a?=\r\n"));
	OK(convert(S("utf-8"), STR_NONE, buf_str(&in), &out) == ERR_OK && str_eq(buf_str(&in), buf_str(&out)), "too long for it");
	buf_done(&in);
	buf_done(&out);
}

int main(void)
{
	fields();
	long_texts("utf-8", 'Q');
	long_texts("utf-8", 'B');
	long_texts("euc-jp", 'B');
	long_texts("iso-2022-jp", 'Q');
	long_params();
	too_long();
	return tap_done();
}
