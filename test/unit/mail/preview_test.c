/* Previews (RFC 8970 section 3.3): each case whole, octet by octet of ASCII, and cut at every offset. */
#include "mail/preview.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "tap.h"

static const struct {
	enum preview_kind kind;
	const char *text, *want;
} cases[] = {
	{ PREVIEW_PLAIN, "", "" },
	{ PREVIEW_PLAIN, " \r\n\t \r\n", "" },
	{ PREVIEW_PLAIN, "Hello,\r\n\r\n  how   are\tyou?\r\n", "Hello, how are you?" },
	{ PREVIEW_PLAIN, "<b>&amp;</b>", "<b>&amp;</b>" },
	{ PREVIEW_PLAIN, "> quoted\r\n> more\r\nmine\r\n", "mine" },
	{ PREVIEW_PLAIN, "mine\r\n>quoted\r\nand mine", "mine and mine" },
	{ PREVIEW_PLAIN, "> > only\r\n>quoted > so", "only quoted > so" },
	{ PREVIEW_PLAIN, "a\xc2\xa0\xe3\x80\x80 b\x01\x7f c", "a b c" },
	{ PREVIEW_PLAIN, "\xef\xbb\xbfz\xe2\x80\x8b\xc2\xadz \xe2\x80\x8c\xc2\xa0\xe2\x80\x8c.", "zz ." },
	{ PREVIEW_PLAIN, "\xe2\x80\xaetxt", "txt" },
	{ PREVIEW_PLAIN, "\xd9\x86\xe2\x80\x8c\xd9\x87", "\xd9\x86\xe2\x80\x8c\xd9\x87" },
	{ PREVIEW_HTML, "", "" },
	{ PREVIEW_HTML, "one<br>two<p>three</p>four", "one two three four" },
	{ PREVIEW_HTML, "in<b>si</b>de", "inside" },
	{ PREVIEW_HTML, "<html><head><title>no</title><style>p{a:b} <!-- > --></style></head><body>yes", "yes" },
	{ PREVIEW_HTML, "<SCRIPT>if (a<b) c('</b>') </sCript >yes", "yes" },
	{ PREVIEW_HTML, "a<!-- <b> - -- -> no -->b<!---->c<!DOCTYPE html>d<?xml?>e", "abcde" },
	{ PREVIEW_HTML, "<img alt=\"a > b\" src='x>y'>text", "text" },
	{ PREVIEW_HTML, "<p title=it's>text</p>", "text" },
	{ PREVIEW_HTML, "&lt;b&gt; &amp;amp; &quot;&apos;&copy;&euro;&nbsp;&#228;&#xE4;&#146;", "<b> &amp; \"'\xc2\xa9\xe2\x82\xac \xc3\xa4\xc3\xa4\xe2\x80\x99" },
	{ PREVIEW_HTML, "a & b &; &nosuch; &#; &#x; &# &#0; &#xd800; &#9999999; &copy", "a & b &; &nosuch; &#; &#x; &# \xef\xbf\xbd \xef\xbf\xbd \xef\xbf\xbd \xc2\xa9" },
	{ PREVIEW_HTML, "3 < 4 <5> a<", "3 < 4 <5> a" },
	{ PREVIEW_HTML, "<blockquote>quoted <blockquote>twice</blockquote></blockquote></blockquote>mine", "mine" },
	{ PREVIEW_HTML, "<blockquote>only quoted</blockquote>", "only quoted" },
	{ PREVIEW_HTML, "<averylongelementname x=1>b</averylongelementname>", "b" },
	{ PREVIEW_HTML, "open <a href=\"never closed> b", "open" },
};

static char *exact(struct str s)
{
	char *at = mem_new(s.len + 1);

	if (s.len > 0)
		memcpy(at, s.at, s.len);
	return at;
}

static void feed(struct preview *p, struct str text)
{
	char *at = exact(text);

	(void)preview_feed(p, str_make(at, text.len));
	mem_free(at);
}

/* Where a character begins. */
static bool may_cut(const char *text, size_t at)
{
	return ((unsigned char)text[at] & 0xc0) != 0x80;
}

static void each(enum preview_kind kind, const char *text, struct str want)
{
	size_t len = strlen(text), bad = 0;
	struct preview p;

	preview_begin(&p, kind);
	feed(&p, str_make(text, len));
	IS_STR(preview_end(&p), want);
	for (size_t cut = 1; cut < len; cut++) {
		if (!may_cut(text, cut))
			continue;
		preview_begin(&p, kind);
		feed(&p, str_make(text, cut));
		feed(&p, str_make(text + cut, len - cut));
		bad += !str_eq(preview_end(&p), want);
	}
	OK(bad == 0, "cut anywhere: %zu bad", bad);
}

static unsigned characters(struct str s)
{
	unsigned n = 0;

	for (; s.len > 0; n++)
		must(utf8_next(&s) != UTF8_BAD);
	return n;
}

/* Exactly 200 characters, whatever their octets, and no blank at the end. */
static void lengths(const char *word, unsigned want, bool enough)
{
	struct preview p;
	struct str s;
	bool more = true;

	preview_begin(&p, PREVIEW_PLAIN);
	for (int i = 0; i < 1000; i++)
		more = preview_feed(&p, str_from_c(word));
	s = preview_end(&p);
	IS_NUM(characters(s), want);
	OK(more == !enough, "%s is told to be enough", enough ? "it" : "nothing");
	OK(s.len == 0 || s.at[s.len - 1] != ' ', "no blank at the end");
	OK(s.len <= PREVIEW_OCTETS_MAX, "%zu octets", s.len);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		each(cases[i].kind, cases[i].text, str_from_c(cases[i].want));
	lengths("x", 200, true);
	lengths("\xf0\x9f\x98\x80", 200, true);
	lengths("1234 ", 199, true);
	lengths("\xff", 200, true);
	lengths(" ", 0, false);
	return tap_done();
}
