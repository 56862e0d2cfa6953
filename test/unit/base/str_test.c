#include "base/str.h"

#include "base/mem.h"
#include "tap.h"

static void test_numbers(void)
{
	static const struct {
		const char *text;
		uint64_t max, want;
		bool good;
	} cases[] = {
		{ "0", 10, 0, true },
		{ "10", 10, 10, true },
		{ "11", 10, 0, false },
		{ "", 10, 0, false },
		{ "-1", 10, 0, false },
		{ "+1", 10, 0, false },
		{ "1x", 10, 0, false },
		{ "0000000000000000000000007", 10, 7, true },
		{ "18446744073709551615", UINT64_MAX, UINT64_MAX, true },
		{ "18446744073709551616", UINT64_MAX, 0, false },
		{ "99999999999999999999999", UINT64_MAX, 0, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint64_t got = 77;
		bool good = str_u64(str_from_c(cases[i].text), cases[i].max, &got);

		OK(good == cases[i].good && (good ? got == cases[i].want : got == 77), "number '%s'", cases[i].text);
	}
}

static void test_views(void)
{
	struct str rest = S("a\\b\\c"), head;

	IS_STR(str_sub(S("hello"), 1, 3), S("ell"));
	IS_STR(str_sub(S("hello"), 9, 3), S(""));
	IS_STR(str_skip(S("hello"), 2), S("llo"));
	IS_STR(str_trim(S(" \t x y\r\n")), S("x y"));
	OK(str_cut(&rest, '\\', &head), "a separator is found");
	IS_STR(head, S("a"));
	IS_STR(rest, S("b\\c"));
	OK(!str_cut(&rest, '/', &head), "no separator: nothing is cut");
	IS_NUM(str_find(S("abc"), 'c'), 2);
	IS_NUM(str_rfind(S("a:b:c"), ':'), 3);
	IS_NUM(str_find(S(""), 'c'), STR_NPOS);
	IS_NUM(str_find_str(S("xaab"), S("ab")), 2);
}

static void test_comparisons(void)
{
	OK(str_ieq(S("NoOp"), S("nOoP")), "ASCII case is folded");
	OK(!str_ieq(S("\xc4"), S("\xe4")), "nothing but ASCII is folded");
	OK(str_istarts(S("MAIL FROM:<>"), S("mail from:")), "prefix without case");
	OK(str_iends(S("x@EXAMPLE.org"), S(".ORG")), "suffix without case");
	OK(str_cmp(S("a"), S("ab")) < 0 && str_cmp(S("b"), S("ab")) > 0 && str_cmp(S("a"), S("a")) == 0, "order");
	OK(str_eq_constant_time(S("secret"), S("secret")) && !str_eq_constant_time(S("secret"), S("secreT")), "constant time");
	OK(str_has_control(S("a\x7f")) && str_has_control(str_make("a\0b", 3)) && !str_has_control(S("a b\xc3\xa4")), "controls");
}

static void test_patterns(void)
{
	static const struct {
		struct str pattern, s;
		bool is;
	} cases[] = {
		{ S_INIT("abc"), S_INIT("aBc"), true },
		{ S_INIT("abc"), S_INIT("abcd"), false },
		{ S_INIT(""), S_INIT(""), true },
		{ S_INIT(""), S_INIT("a"), false },
		{ S_INIT("*"), S_INIT(""), true },
		{ S_INIT("a*"), S_INIT("a"), true },
		{ S_INIT("*b*"), S_INIT("aab"), true },
		{ S_INIT("*ab"), S_INIT("aaab"), true },
		{ S_INIT("a*b*c"), S_INIT("aXbYbZc"), true },
		{ S_INIT("a*b*c"), S_INIT("aXbYbZ"), false },
		{ S_INIT("**"), S_INIT("x"), true },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		OK(str_ilike(cases[i].s, cases[i].pattern) == cases[i].is, "%.*s like %.*s", STR_FMT(cases[i].s),
			STR_FMT(cases[i].pattern));
}

static void test_ascii_span(void)
{
	char text[40];

	for (size_t len = 0; len <= sizeof(text); len++) {
		unsigned bad = 0;

		memset(text, 0x7f, sizeof(text));
		bad += str_ascii_span(str_make(text, len)) != len || !str_is_ascii(str_make(text, len));
		for (size_t at = 0; at < len; at++) {
			text[at] = (char)0x80;
			bad += str_ascii_span(str_make(text, len)) != at || str_is_ascii(str_make(text, len));
			text[at] = 0;
		}
		OK(bad == 0, "ASCII up to an octet anywhere in %zu", len);
	}
}

int main(void)
{
	test_ascii_span();
	test_numbers();
	test_views();
	test_comparisons();
	test_patterns();
	return tap_done();
}
