/*
 * Charset conversions (RFC 5259): the same octets in pieces as in one, UTF-8 that is valid; and a field of a header stays one
 * field of that name.
 */
#include "mail/header_recode.h"
#include "mail/recode.h"

#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHARSET(name, from, to) name,
static const char *const names[] = {
#include "mail/charset.tbl"
};
#undef CHARSET
#define NAMES (sizeof(names) / sizeof(*names))

static enum recode_result make(struct str from, struct str to, struct str text, size_t cut, struct buf *out)
{
	struct recode r;
	enum recode_result result = recode_open(&r, from, to, S("?"));

	if (result != RECODE_OK)
		return result;
	if (cut > 0)
		result = recode_more(&r, str_sub(text, 0, cut), false, out);
	if (result == RECODE_OK)
		result = recode_more(&r, str_skip(text, cut), true, out);
	recode_done(&r);
	return result;
}

static void bodies(struct str from, struct str to, struct str text, size_t cut)
{
	struct buf whole, pieces;

	buf_init(&whole, BUF_NO_CEILING);
	buf_init(&pieces, BUF_NO_CEILING);
	must(make(from, to, text, 0, &whole) == make(from, to, text, cut, &pieces));
	must(str_eq(buf_str(&whole), buf_str(&pieces)));
	must(!str_ieq(to, S("utf-8")) || utf8_valid(buf_str(&whole)));
	must(whole.len <= text.len * 16 + 64);
	buf_done(&whole);
	buf_done(&pieces);
}

static void fields(struct str to, struct str text)
{
	struct header_recode h;
	struct header_walk walk = header_walk(str_sub(text, 0, header_octets(text, NULL))), again;
	struct header_field f, g;
	struct buf out;

	if (header_recode_open(&h, charset_made(to), S("?")) != ERR_OK)
		return;
	buf_init(&out, BUF_NO_CEILING);
	while (header_next(&walk, &f)) {
		buf_clear(&out);
		must(header_recode_field(&h, &f, &out) == ERR_OK);
		again = header_walk(buf_str(&out));
		must(header_next(&again, &g) && str_eq(f.name, g.name));
		must(!header_next(&again, &g));
	}
	buf_done(&out);
	header_recode_done(&h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text, from, to;

	if (size < 3)
		return 0;
	from = str_from_c(data[0] < NAMES ? names[data[0]] : "");
	to = str_from_c(names[data[1] % NAMES]);
	text = str_skip(str_make(data, size), 3);
	bodies(from, to, text, data[2]);
	fields(to, text);
	return 0;
}
