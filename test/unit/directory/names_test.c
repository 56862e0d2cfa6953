/* Names, addresses, shell words and logon hours: what is pure beside the logon name. */
#include "directory/hours.h"
#include "directory/name.h"
#include "directory/shell_word.h"
#include "directory/smtp_address.h"

#include "tap.h"

static struct arena a;

static void test_names(void)
{
	static const struct {
		const char *x, *y;
		bool want;
	} pairs[] = {
		{ "alice", "ALICE", true },
		{ "j\xc3\xbcrgen", "J\xc3\x9cRGEN", true },
		{ "stra\xc3\x9f" "e", "STRASSE", true },
		{ "\xce\xa3\xce\xaf\xcf\x83\xcf\x85\xcf\x86\xce\xbf\xcf\x82", "\xcf\x83\xce\xaf\xcf\x83\xcf\x85\xcf\x86\xce\xbf\xcf\x83", true },
		{ "alice", "alic", false },
		{ "alice", "alice ", false },
		{ "e", "\xc3\xa9", false },
		{ "\xd0\xb0lice", "alice", false }, /* Cyrillic a */
	};
	static const struct {
		struct str name;
		bool want;
	} names[] = {
		{ S_INIT("alice"), true }, { S_INIT("Mary Ann"), true }, { S_INIT("o'brien"), true }, { S_INIT("a.b-c_d"), true },
		{ S_INIT("j\xc3\xbcrgen"), true }, { S_INIT(""), false }, { S_INIT(" a"), false }, { S_INIT("a "), false },
		{ S_INIT("a\\b"), false }, { S_INIT("a/b"), false }, { S_INIT("a@b"), false }, { S_INIT("a*"), false },
		{ S_INIT("a\tb"), false }, { S_INIT("a\0b"), false }, { S_INIT("a,b"), false }, { S_INIT("a\"b"), false },
	};
	static char many[NAME_OCTETS_MAX + 1];
	struct str nfc;
	const char *why;

	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		OK(name_same(&a, str_from_c(pairs[i].x), str_from_c(pairs[i].y)) == pairs[i].want, "%s and %s", pairs[i].x,
			pairs[i].y);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		OK((name_why_not(names[i].name) == NULL) == names[i].want, "name %zu '%.*s'", i, STR_FMT(names[i].name));
	memset(many, 'n', sizeof(many));
	OK(name_why_not(str_make(many, NAME_OCTETS_MAX)) == NULL, "128 octets");
	OK(name_why_not(str_make(many, NAME_OCTETS_MAX + 1)) != NULL, "129 octets");
	IS_NUM(name_nfc(&a, S("u\xcc\x88"), &nfc, &why), ERR_OK);
	IS_STR(nfc, S("\xc3\xbc"));
	IS_NUM(name_nfc(&a, S("\xed\xa0\x80"), &nfc, &why), ERR_SYNTAX);
	OK(why != NULL, "says why");
}

static void test_domains(void)
{
	static const struct {
		const char *in, *want; /* want NULL: refused */
	} rows[] = {
		{ "example.org", "example.org" },
		{ "EXAMPLE.Org", "example.org" },
		{ "example.org.", "example.org" },
		{ "b\xc3\xbc" "cher.example", "xn--bcher-kva.example" },
		{ "B\xc3\x9c" "CHER.Example.", "xn--bcher-kva.example" },
		{ "bu\xcc\x88" "cher.example", "xn--bcher-kva.example" },
		{ "XN--BCHER-KVA.example", "xn--bcher-kva.example" },
		{ "fa\xc3\x9f.de", "xn--fa-hia.de" }, /* IDNA2008: sharp s stays */
		{ "old_host.example", "old_host.example" },
		{ "", NULL }, { ".", NULL }, { "example..org", NULL }, { ".example.org", NULL }, { "example.org..", NULL },
		{ "exa mple.org", NULL }, { "exa/mple.org", NULL }, { "[127.0.0.1]", NULL }, { "\xff.org", NULL },
	};
	struct str got;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		enum err e = smtp_address_domain(&a, str_from_c(rows[i].in), &got);

		IS_NUM(e, rows[i].want == NULL ? ERR_ADDRESS : ERR_OK);
		if (e == ERR_OK && rows[i].want != NULL)
			IS_STR(got, str_from_c(rows[i].want));
	}
	IS_NUM(smtp_address_domain(&a, S("exa\0mple.org"), &got), ERR_ADDRESS);
	IS_NUM(smtp_address_domain(&a, S("0123456789012345678901234567890123456789012345678901234567890123.org"), &got), ERR_ADDRESS);
}

static void test_addresses(void)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "alice@example.org", "alice@example.org" },
		{ "Alice@EXAMPLE.org.", "alice@example.org" },
		{ "\"alice\"@example.org", "alice@example.org" },
		{ "\"al\\ice\"@example.org", "alice@example.org" },
		{ "\"a@b\"@example.org", "a@b@example.org" },
		{ "\"a b\"@example.org", "a b@example.org" },
		{ "a.b+c/d@example.org", "a.b+c/d@example.org" },
		{ "J\xc3\x9cRGEN@b\xc3\xbc" "cher.example", "j\xc3\xbcrgen@xn--bcher-kva.example" },
		{ "alice", NULL }, { "@example.org", NULL }, { "alice@", NULL }, { "", NULL }, { "@", NULL },
		{ ".alice@example.org", NULL }, { "alice.@example.org", NULL }, { "al..ice@example.org", NULL },
		{ "al ice@example.org", NULL }, { "a@b@example.org", NULL }, { "<alice@example.org>", NULL },
		{ "\"\"@example.org", NULL }, { "\"a\"b\"@example.org", NULL }, { "\"a\\\"@example.org", NULL },
		{ "\"@example.org", NULL }, { "al\xff@example.org", NULL }, { "alice@exa mple.org", NULL },
	};
	static char many[300];
	struct smtp_address got;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		enum err e = smtp_address_parse(&a, str_from_c(rows[i].in), &got);

		OK(e == (rows[i].want == NULL ? ERR_ADDRESS : ERR_OK), "%s: %s", rows[i].in, err_name(e));
		if (e == ERR_OK && rows[i].want != NULL)
			IS_STR(got.key, str_from_c(rows[i].want));
	}
	memset(many, 'x', sizeof(many));
	memcpy(many + 254 - 12, "@example.org", 12);
	IS_NUM(smtp_address_parse(&a, str_make(many, 254), &got), ERR_OK);
	memcpy(many + 255 - 12, "@example.org", 12);
	IS_NUM(smtp_address_parse(&a, str_make(many, 255), &got), ERR_ADDRESS);
	IS_NUM(smtp_address_parse(&a, S("al\0ice@example.org"), &got), ERR_ADDRESS);
	IS_NUM(smtp_address_parse(&a, S("\"al\0ice\"@example.org"), &got), ERR_ADDRESS);
}

static void test_words(void)
{
	IS_STR(shell_word(&a, S("alice@example.org")), S("alice@example.org"));
	IS_STR(shell_word(&a, S("DOM\\alice")), S("'DOM\\alice'"));
	IS_STR(shell_word(&a, S("DOM\\o'brien")), S("'DOM\\o'\\''brien'"));
	IS_STR(shell_word(&a, S("")), S("''"));
	IS_STR(shell_word(&a, S("-rf")), S("'-rf'"));
	IS_STR(shell_word(&a, S("$(x)`y`;z")), S("'$(x)`y`;z'"));
}

static void test_hours(void)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "always", "always" }, { "never", "never" }, { " Always ", "always" },
		{ "mon 08-18", "mon 08-18" }, { "MON 8-18", "mon 08-18" },
		{ "mon-wed 08-12, tue 14-16", "mon 08-12, tue 08-12, tue 14-16, wed 08-12" },
		{ "sat-mon 00-01", "mon 00-01, sat 00-01, sun 00-01" },
		{ "sun", "sun 00-24" }, { "mon-sun", "always" }, { "sun-sat 00-24", "always" },
		{ "", NULL }, { "mon 18-08", NULL }, { "mon 08-08", NULL }, { "mon 08-25", NULL }, { "mon 24-24", NULL },
		{ "foo 08-18", NULL }, { "mon 08", NULL }, { "mon-", NULL }, { "mon,", NULL }, { "mon 08-18 x", NULL },
	};
	struct entry_hours h;
	struct buf text;

	buf_init(&text, 4096);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		enum err e = hours_parse(str_from_c(rows[i].in), &h);

		OK(e == (rows[i].want == NULL ? ERR_SYNTAX : ERR_OK), "hours '%s'", rows[i].in);
		if (e != ERR_OK || rows[i].want == NULL)
			continue;
		buf_clear(&text);
		hours_print(&h, &text);
		IS_STR(buf_str(&text), str_from_c(rows[i].want));
	}
	IS_NUM(hours_parse(S("thu 20-21"), &h), ERR_OK);
	OK(entry_hours_allow(&h, 1780000000), "Thursday 20:26 is inside");
	OK(!entry_hours_allow(&h, 1780000000 + 3600), "21:26 is not");
	OK(!entry_hours_allow(&h, 1780000000 - 3600), "19:26 is not");
	IS_NUM(hours_parse(S("sun 00-01"), &h), ERR_OK);
	OK(entry_hours_allow(&h, 3 * 86400), "1970-01-04 was a Sunday");
	OK(!entry_hours_allow(&h, 3 * 86400 - 1), "the second before was not");
	OK(entry_hours_allow(&h, -4 * 86400), "nor does time begin in 1970");
	buf_done(&text);
}

int main(void)
{
	arena_init(&a, ARENA_NONE);
	test_names();
	test_domains();
	test_addresses();
	test_words();
	test_hours();
	arena_done(&a);
	return tap_done();
}
