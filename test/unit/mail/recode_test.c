/* Bodies in another charset: the same octets whatever the cut, lines that end in CRLF, and what is told of them. */
#include "mail/recode.h"

#include "tap.h"

static const struct {
	struct str from, to, replacement, in, want;
	enum recode_result opens, ends;
} rows[] = {
	{ S_INIT("iso-8859-1"), S_INIT("utf-8"), { NULL, 0 }, S_INIT("\xe4\r\nb\nc\r\rd\n"), S_INIT("\xc3\xa4\r\nb\r\nc\r\rd\r\n"), RECODE_OK, RECODE_OK },
	{ S_INIT("utf-8"), S_INIT("iso-8859-1"), { NULL, 0 }, S_INIT("\xc3\xa4\r\n"), S_INIT("\xe4\r\n"), RECODE_OK, RECODE_OK },
	{ S_INIT("utf-16le"), S_INIT("utf-8"), { NULL, 0 }, S_INIT("a\0\n\0b\0\r\0\n\0"), S_INIT("a\r\nb\r\n"), RECODE_OK, RECODE_OK },
	{ S_INIT("utf-8"), S_INIT("us-ascii"), { NULL, 0 }, S_INIT("a\xc3\xa4"), S_INIT(""), RECODE_OK, RECODE_LOST },
	{ S_INIT("utf-8"), S_INIT("us-ascii"), S_INIT("(?)"), S_INIT("a\xc3\xa4\nz"), S_INIT("a(?)\r\nz"), RECODE_OK, RECODE_OK },
	{ S_INIT("utf-8"), S_INIT("iso-2022-jp"), { NULL, 0 }, S_INIT("\xe6\x97\xa5\n\xe6\x97\xa5"), S_INIT("\x1b$BF|\x1b(B\r\n\x1b$BF|\x1b(B"), RECODE_OK, RECODE_OK },
	{ S_INIT(""), S_INIT("utf-8"), { NULL, 0 }, S_INIT("\xe4\xc3\xa4"), S_INIT("\xc3\xa4\xc3\xa4"), RECODE_OK, RECODE_OK },
	{ S_INIT("x-unknown"), S_INIT("utf-8"), { NULL, 0 }, S_INIT(""), S_INIT(""), RECODE_FROM, RECODE_OK },
	{ S_INIT("utf-8"), S_INIT("utf-16"), { NULL, 0 }, S_INIT(""), S_INIT(""), RECODE_TO, RECODE_OK },
	{ S_INIT("utf-8"), S_INIT("us-ascii"), S_INIT("\xc3\xa4"), S_INIT(""), S_INIT(""), RECODE_REPLACEMENT, RECODE_OK },
	{ S_INIT("utf-8"), S_INIT("us-ascii"), S_INIT("12345678901234567"), S_INIT(""), S_INIT(""), RECODE_REPLACEMENT, RECODE_OK },
	{ S_INIT("utf-8"), S_INIT("us-ascii"), S_INIT("a\nb"), S_INIT(""), S_INIT(""), RECODE_REPLACEMENT, RECODE_OK },
	{ S_INIT("utf-8"), S_INIT("utf-8"), S_INIT("\xff"), S_INIT(""), S_INIT(""), RECODE_REPLACEMENT, RECODE_OK },
};

static void bodies(void)
{
	struct buf out;

	buf_init(&out, BUF_NO_CEILING);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		size_t bad = 0;

		for (size_t cut = 0; cut <= rows[i].in.len; cut++) {
			struct recode r;
			enum recode_result first, result = recode_open(&r, rows[i].from, rows[i].to, rows[i].replacement);

			bad += result != rows[i].opens;
			if (result != RECODE_OK)
				continue;
			buf_clear(&out);
			first = recode_more(&r, str_sub(rows[i].in, 0, cut), false, &out);
			result = first == RECODE_OK ? recode_more(&r, str_skip(rows[i].in, cut), true, &out) : first;
			bad += result != rows[i].ends || (result == RECODE_OK && !str_eq(buf_str(&out), rows[i].want));
			recode_done(&r);
		}
		OK(bad == 0, "row %zu: %zu cuts are wrong: '%.*s'", i, bad, STR_FMT(buf_str(&out)));
	}
	buf_done(&out);
}

static const struct {
	struct str in;
	uint32_t lines;
	struct str encoding;
} shapes[] = {
	{ S_INIT(""), 0, S_INIT("7bit") },
	{ S_INIT("a\r\nb"), 1, S_INIT("7bit") },
	{ S_INIT("a\r\n\xc3\xa4\r\n"), 2, S_INIT("8bit") },
	{ S_INIT("a\nb"), 1, S_INIT("binary") },
	{ S_INIT("a\rb"), 0, S_INIT("binary") },
	{ S_INIT("a\r"), 0, S_INIT("binary") },
	{ S_INIT("a\0"), 0, S_INIT("binary") },
};

static void lines(size_t octets, const char *end, struct str want)
{
	struct recode_shape shape = { 0 };

	for (size_t i = 0; i < octets; i++)
		recode_look(&shape, S("x"));
	recode_look(&shape, str_from_c(end));
	IS_STR(recode_encoding(&shape), want);
	IS_NUM(shape.octets, octets + strlen(end));
}

static void looks(void)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
		size_t bad = 0;

		for (size_t cut = 0; cut <= shapes[i].in.len; cut++) {
			struct recode_shape shape = { 0 };

			recode_look(&shape, str_sub(shapes[i].in, 0, cut));
			recode_look(&shape, str_skip(shapes[i].in, cut));
			bad += shape.octets != shapes[i].in.len || shape.lines != shapes[i].lines ||
			       !str_eq(recode_encoding(&shape), shapes[i].encoding);
		}
		OK(bad == 0, "shape %zu", i);
	}
	lines(998, "\r\n", S("7bit"));
	lines(999, "\r\n", S("binary"));
	lines(998, "", S("7bit"));
	lines(999, "", S("binary"));
}

int main(void)
{
	bodies();
	looks();
	return tap_done();
}
