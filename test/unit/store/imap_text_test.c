#include "store/imap_text.h"

#include "../tap.h"

static void is_folded(struct str in, struct str want)
{
	struct buf got;

	buf_init(&got, BUF_NO_CEILING);
	imap_text_fold(IMAP_UNICODE_CASEMAP, in, &got);
	IS_STR(buf_str(&got), want);
	buf_done(&got);
}

/* Every octet of ASCII at every place of a word, against ascii_lower. */
static void test_ascii(void)
{
	char in[24], want[24];
	unsigned bad = 0;
	struct buf got;

	buf_init(&got, BUF_NO_CEILING);
	for (unsigned c = 0; c < 0x80; c++) {
		for (size_t at = 0; at < sizeof(in); at++) {
			memset(in, 'Q', sizeof(in));
			memset(want, 'q', sizeof(want));
			in[at] = (char)c;
			want[at] = ascii_lower((char)c);
			buf_clear(&got);
			imap_text_fold(IMAP_UNICODE_CASEMAP, str_make(in, sizeof(in)), &got);
			bad += !str_eq(buf_str(&got), str_make(want, sizeof(want)));
		}
	}
	for (unsigned c = 0; c < 0x80; c++) {
		for (size_t at = 0; at < sizeof(in); at++) {
			memset(in, 'q', sizeof(in));
			memset(want, 'Q', sizeof(want));
			in[at] = (char)c;
			want[at] = ascii_upper((char)c);
			buf_clear(&got);
			imap_text_casemap(IMAP_UNICODE_CASEMAP, str_make(in, sizeof(in)), &got);
			bad += !str_eq(buf_str(&got), str_make(want, sizeof(want)));
		}
	}
	buf_done(&got);
	IS_NUM(bad, 0);
}

static void is_value(struct str in, struct str want)
{
	struct buf got;

	buf_init(&got, BUF_NO_CEILING);
	imap_text_value(IMAP_UNICODE_CASEMAP, in, &got);
	IS_STR(buf_str(&got), want);
	buf_done(&got);
}

/* With an encoded word and without: the same is made of what stands beside it. */
static void test_values(void)
{
	static const struct {
		struct str in, want;
	} rows[] = {
		{ S_INIT(" Re: ONE\r\n"), S_INIT("re: one") },
		{ S_INIT(" A\r\n\tB\r\n C\tD\x7f\x01" "E"), S_INIT("a b c d  e") },
		{ S_INIT("a\nb\rc"), S_INIT("a b c") },
		{ S_INIT("Q\0R =x ?y"), S_INIT("q r =x ?y") },
		{ S_INIT(""), S_INIT("") },
	};
	struct buf in, want;

	buf_init(&in, BUF_NO_CEILING);
	buf_init(&want, BUF_NO_CEILING);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		is_value(rows[i].in, rows[i].want);
		buf_clear(&in);
		buf_clear(&want);
		buf_put(&in, S("=?utf-8?q?=C3=84?= X"));
		buf_put(&in, rows[i].in);
		buf_put(&want, S("a\xcc\x88 x"));
		buf_put(&want, rows[i].in.len > 0 && rows[i].in.at[0] == ' ' ? S(" ") : S(""));
		buf_put(&want, rows[i].want);
		is_value(buf_str(&in), buf_str(&want));
	}
	buf_done(&in);
	buf_done(&want);
}

/* RFC 5051 section 2, RFC 4790 sections 9.2 and 9.3. */
static void test_collations(void)
{
	static const struct {
		enum imap_collation c;
		struct str in, folded, ordered;
	} rows[] = {
		{ IMAP_UNICODE_CASEMAP, S_INIT("aB_1"), S_INIT("ab_1"), S_INIT("AB_1") },
		/* composed and decomposed, small and large, are one */
		{ IMAP_UNICODE_CASEMAP, S_INIT("\xc3\xa9"), S_INIT("e\xcc\x81"), S_INIT("E\xcc\x81") },
		{ IMAP_UNICODE_CASEMAP, S_INIT("\xc3\x89"), S_INIT("e\xcc\x81"), S_INIT("E\xcc\x81") },
		{ IMAP_UNICODE_CASEMAP, S_INIT("e\xcc\x81"), S_INIT("e\xcc\x81"), S_INIT("E\xcc\x81") },
		/* a ligature; Greek and Cyrillic; the sharp s stays */
		{ IMAP_UNICODE_CASEMAP, S_INIT("\xef\xac\x81"), S_INIT("fi"), S_INIT("fi") },
		{ IMAP_UNICODE_CASEMAP, S_INIT("\xd0\xb4"), S_INIT("\xd0\x94"), S_INIT("\xd0\x94") },
		{ IMAP_UNICODE_CASEMAP, S_INIT("\xc3\x9f"), S_INIT("\xc3\x9f"), S_INIT("\xc3\x9f") },
		{ IMAP_UNICODE_CASEMAP, S_INIT("a\xff"), S_INIT("a\xef\xbf\xbd"), S_INIT("A\xef\xbf\xbd") },
		{ IMAP_ASCII_CASEMAP, S_INIT("aB\xc3\x89"), S_INIT("ab\xc3\x89"), S_INIT("AB\xc3\x89") },
		{ IMAP_OCTET, S_INIT("aB\xc3\x89"), S_INIT("aB\xc3\x89"), S_INIT("aB\xc3\x89") },
	};
	struct buf got;

	buf_init(&got, BUF_NO_CEILING);
	for (size_t n = 0; n < sizeof(rows) / sizeof(*rows); n++) {
		buf_clear(&got);
		imap_text_fold(rows[n].c, rows[n].in, &got);
		IS_STR(buf_str(&got), rows[n].folded);
		buf_clear(&got);
		imap_text_casemap(rows[n].c, rows[n].in, &got);
		IS_STR(buf_str(&got), rows[n].ordered);
	}
	buf_clear(&got);
	imap_text_header(IMAP_OCTET, S("Subject: =?utf-8?q?=C3=84?= X\r\n"), &got);
	IS_STR(buf_str(&got), S("Subject: \xc3\x84 X\r\n"));
	buf_done(&got);
}

/* What a text becomes when it is given piece by piece, as a search reads it. */
static void long_text(enum record_encoding encoding, const char *charset, struct str raw, struct str want)
{
	struct imap_text t;
	struct buf got;
	size_t at = 0, calls = 0;

	buf_init(&got, BUF_NO_CEILING);
	imap_text_init(&t);
	imap_text_begin(&t, encoding, str_from_c(charset), 10);
	while (at < raw.len && calls++ < 1000) {
		struct str piece = str_sub(raw, at, IMAP_TEXT_RAW_OCTETS);

		at += imap_text_feed(&t, piece, at + piece.len == raw.len);
		buf_put(&got, buf_str(&t.utf8));
	}
	OK(str_eq(buf_str(&got), want), "%s: %zu octets in %zu pieces", charset, raw.len, calls);
	OK(t.window.len <= IMAP_TEXT_RAW_OCTETS * 3 + 10, "%s: the window is of one piece", charset);
	imap_text_done(&t);
	buf_done(&got);
}

/* Characters, quanta and lines that do not end where a piece does. */
static void test_long(void)
{
	struct buf raw, want, code;

	buf_init(&raw, BUF_NO_CEILING);
	buf_init(&want, BUF_NO_CEILING);
	buf_init(&code, BUF_NO_CEILING);
	buf_put_octet(&raw, 'x');
	buf_put_octet(&want, 'x');
	while (raw.len < 200000) {
		buf_put(&raw, S("\xe6\x97\xa5"));
		buf_put(&want, S("\xe6\x97\xa5"));
	}
	long_text(RECORD_ENCODING_8BIT, "utf-8", buf_str(&raw), buf_str(&want));
	long_text(RECORD_ENCODING_8BIT, "", buf_str(&raw), buf_str(&want));
	buf_clear(&raw);
	buf_clear(&want);
	while (raw.len < 200000) {
		buf_put(&raw, S("a\0\n\0\x0a\x01"));
		buf_put(&want, S("a\n\xc4\x8a"));
	}
	long_text(RECORD_ENCODING_8BIT, "utf-16le", buf_str(&raw), buf_str(&want));
	buf_clear(&want);
	/* Pieces of base64 that were put together, padding and all, in lines of no even length. */
	while (code.len < 200000) {
		buf_put(&code, S("YQ==YmI=\r\nYw=="));
		buf_put(&want, S("abbc"));
	}
	long_text(RECORD_ENCODING_BASE64, "us-ascii", buf_str(&code), buf_str(&want));
	buf_clear(&code);
	buf_clear(&want);
	while (code.len < 200000) {
		buf_put(&code, S("=E9 ="));
		buf_put(&code, S("\r\n"));
		buf_put(&want, S("\xc3\xa9 "));
	}
	long_text(RECORD_ENCODING_QUOTED_PRINTABLE, "iso-8859-1", buf_str(&code), buf_str(&want));
	buf_done(&raw);
	buf_done(&want);
	buf_done(&code);
}

int main(void)
{
	test_long();
	test_values();
	test_collations();
	test_ascii();
	is_folded(S(""), S(""));
	is_folded(S("Z"), S("z"));
	is_folded(S("GR\xc3\x9cSSE @[`{ AZ az"), S("gru\xcc\x88sse @[`{ az az"));
	is_folded(S("ABCDEFGH\xc3\x84IJKLMNOP"), S("abcdefgha\xcc\x88ijklmnop"));
	is_folded(S("A\xff" "B\xc3"), S("a\xef\xbf\xbd" "b\xef\xbf\xbd"));
	is_folded(S("\xe2\x84\xaa \xce\xa3"), S("k \xce\xa3")); /* KELVIN SIGN, SIGMA */
	return tap_done();
}
