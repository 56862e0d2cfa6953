#include "mail/header.h"
#include "tap.h"

static void test_octets(void)
{
	static const struct {
		struct str in;
		size_t want;
		bool want_empty;
	} rows[] = {
		{ S_INIT(""), 0, false },
		{ S_INIT("\r\nbody"), 2, true },
		{ S_INIT("A: b\r\n\r\nbody"), 8, true },
		{ S_INIT("A: b\n\nbody"), 6, true },
		{ S_INIT("A: b\r\n c\r\n\r\n"), 12, true },
		{ S_INIT("A: b\r\n"), 6, false },
		{ S_INIT("A: b"), 4, false },
		{ S_INIT("A : b\r\nno field\r\n\r\n"), 7, false },
		{ S_INIT("no field\r\n\r\n"), 0, false },
		{ S_INIT(" indented\r\n\r\n"), 0, false },
		{ S_INIT("From x@y Mon\r\nA: b\r\n\r\n"), 22, true },
		{ S_INIT("A: b\r\nFrom x@y Mon\r\n"), 6, false },
		{ S_INIT(": b\r\n"), 0, false },
		{ S_INIT("\xc3\xa4: b\r\n"), 0, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		bool empty = false;
		size_t got = header_octets(rows[i].in, &empty);

		OK(got == rows[i].want && empty == rows[i].want_empty, "row %zu: %zu octets, want %zu", i, got,
			rows[i].want);
	}
}

static void test_walk(void)
{
	struct str header = S(
		"From junk\r\nSubject : one\r\n two\r\nX-Empty:\r\njunk line\r\nTo:a\nLast: z\r\n\r\nBody: no\r\n");
	struct header_walk walk = header_walk(header);
	struct header_field f;

	OK(header_next(&walk, &f), "first field");
	IS_STR(f.name, S("Subject"));
	IS_STR(f.value, S(" one\r\n two"));
	IS_STR(f.whole, S("Subject : one\r\n two\r\n"));
	OK(header_next(&walk, &f) && f.value.len == 0, "empty value");
	OK(header_next(&walk, &f), "behind junk");
	IS_STR(f.name, S("To"));
	IS_STR(f.value, S("a"));
	OK(header_next(&walk, &f) && str_eq(f.name, S("Last")), "last");
	OK(!header_next(&walk, &f), "the empty line ends it");
	OK(!header_next(&walk, &f), "and keeps ending it");
	OK(header_find(header, S("to"), &f), "found without regard to case");
	OK(!header_find(header, S("Body"), &f), "the body is no header");
}

static void test_unfold(void)
{
	static const struct {
		struct str in, want, want_utf8;
	} rows[] = {
		{ S_INIT(" a\r\n b\r\n\tc "), S_INIT("a b\tc"), S_INIT("a b\tc") },
		{ S_INIT("a\n b"), S_INIT("a b"), S_INIT("a b") },
		{ S_INIT("a\rb\nc"), S_INIT("a b c"), S_INIT("a b c") },
		{ S_INIT("a\0b"), S_INIT("a b"), S_INIT("a b") },
		{ S_INIT("a\r\r\n b"), S_INIT("a  b"), S_INIT("a  b") },
		{ S_INIT("\r\n \r\n"), S_INIT(""), S_INIT("") },
		{ S_INIT("\xc3\xa4"), S_INIT("\xc3\xa4"), S_INIT("\xc3\xa4") },
		{ S_INIT("\xe4\x80"), S_INIT("\xe4\x80"), S_INIT("\xc3\xa4\xe2\x82\xac") },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf raw, utf8;

		buf_init(&raw, 1024);
		buf_init(&utf8, 1024);
		header_unfold(rows[i].in, &raw);
		IS_STR(buf_str(&raw), rows[i].want);
		OK(header_unfold_utf8(rows[i].in, &utf8) == !str_is_ascii(rows[i].in), "row %zu: 8-bit told", i);
		IS_STR(buf_str(&utf8), rows[i].want_utf8);
		buf_done(&raw);
		buf_done(&utf8);
	}
}

int main(void)
{
	test_octets();
	test_walk();
	test_unfold();
	return tap_done();
}
