#include "wire/mutf7.h"

#include "base/utf8.h"
#include "exact.h"
#include "tap.h"

struct row {
	struct str wire, utf8; /* utf8.at == NULL: refused */
};

static const struct row rows[] = {
	{ S_INIT(""), S_INIT("") },
	{ S_INIT("INBOX"), S_INIT("INBOX") },
	{ S_INIT("a&-b"), S_INIT("a&b") },
	{ S_INIT("&-"), S_INIT("&") },
	{ S_INIT("&-&-"), S_INIT("&&") },
	{ S_INIT("~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
		S_INIT("~peter/mail/\xe5\x8f\xb0\xe5\x8c\x97/"
		       "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e") },
	{ S_INIT("&Jjo-!"), S_INIT("\xe2\x98\xba!") },
	{ S_INIT("&2D3cAA-"), S_INIT("\xf0\x9f\x90\x80") },
	{ S_INIT("Entw&APw-rfe"), S_INIT("Entw\xc3\xbcrfe") },
	{ S_INIT("&AOk-&-&AOk-"), S_INIT("\xc3\xa9&\xc3\xa9") },
	{ S_INIT("&"), STR_NONE },
	{ S_INIT("a&"), STR_NONE },
	{ S_INIT("&Jjo"), STR_NONE },
	{ S_INIT("&Jjo!"), STR_NONE },
	{ S_INIT("&AGE-"), STR_NONE },              /* encoded ASCII */
	{ S_INIT("&ACY-"), STR_NONE },              /* encoded ampersand */
	{ S_INIT("&U,BTFw-&ZeVnLIqe-"), STR_NONE }, /* two runs side by side */
	{ S_INIT("&2D0-"), STR_NONE },              /* lone high surrogate */
	{ S_INIT("&3AA-"), STR_NONE },              /* lone low surrogate */
	{ S_INIT("&2D0AYQ-"), STR_NONE },           /* high surrogate, then none */
	{ S_INIT("&AAA-"), STR_NONE },              /* NUL */
	{ S_INIT("&AAo-"), STR_NONE },              /* LF */
	{ S_INIT("&AIU-"), STR_NONE },              /* NEL */
	{ S_INIT("&AOl-"), STR_NONE },              /* stray bits behind U+00E9 */
	{ S_INIT("&AOkA-"), STR_NONE },             /* a digit too many */
	{ S_INIT("&A-"), STR_NONE },
	{ S_INIT("&AOk=-"), STR_NONE },
	{ S_INIT("&Jjo/-"), STR_NONE }, /* UTF-7's own alphabet */
	{ S_INIT("caf\xc3\xa9"), STR_NONE },
	{ S_INIT("\xc0\xaf"), STR_NONE },
	{ S_INIT("a\tb"), STR_NONE },
	{ S_INIT("a\0b"), STR_NONE },
	{ S_INIT("a\x7f"), STR_NONE },
};

static void each(const struct row *row)
{
	struct str in = exact(row->wire);
	struct buf b;

	buf_init(&b, 1024);
	buf_put(&b, S("before"));
	if (row->utf8.at == NULL) {
		OK(mutf7_get(&b, in) == ERR_FOLDERNAME, "%.*s is refused", STR_FMT(row->wire));
		IS_STR(buf_str(&b), S("before"));
	} else {
		OK(mutf7_get(&b, in) == ERR_OK, "%.*s is read", STR_FMT(row->wire));
		IS_STR(str_skip(buf_str(&b), 6), row->utf8);
		buf_clear(&b);
		mutf7_put(&b, row->utf8);
		IS_STR(buf_str(&b), row->wire);
	}
	exact_free(in);
	buf_done(&b);
}

/* Every code point there and back, alone and with a neighbour. */
static void every_code_point(void)
{
	size_t bad = 0;
	struct buf utf8, wire, back;

	buf_init(&utf8, 64);
	buf_init(&wire, 64);
	buf_init(&back, 64);
	for (uint32_t c = 0xa0; c < 0x110000; c += c < 0x3000 ? 1 : 7) {
		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		buf_clear(&utf8);
		buf_clear(&wire);
		buf_clear(&back);
		utf8_put(&utf8, c);
		buf_put_octet(&utf8, '&');
		utf8_put(&utf8, c);
		utf8_put(&utf8, 0xe9);
		mutf7_put(&wire, buf_str(&utf8));
		bad += mutf7_get(&back, buf_str(&wire)) != ERR_OK ||
		       !str_eq(buf_str(&back), buf_str(&utf8));
	}
	OK(bad == 0, "%zu code points lost on the way", bad);
	buf_clear(&wire);
	mutf7_put(&wire, S("\xff\n"));
	IS_STR(buf_str(&wire), S("&,,3,,Q-"));
	buf_done(&utf8);
	buf_done(&wire);
	buf_done(&back);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		each(&rows[i]);
	every_code_point();
	return tap_done();
}
