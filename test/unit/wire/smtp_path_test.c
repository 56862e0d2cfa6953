#include "wire/smtp_path.h"

#include "exact.h"
#include "tap.h"

struct row {
	struct str in;
	bool forward;
	enum err want;
	enum smtp_path_kind kind;
	enum smtp_domain_kind domain_kind;
	struct str local, domain, text;
};

#define NAME SMTP_DOMAIN_NAME
#define BOX  SMTP_PATH_MAILBOX
#define BAD(in, forward)                                                                           \
	{                                                                                          \
		S_INIT(in), forward, ERR_ADDRESS, 0, 0, STR_NONE, STR_NONE, STR_NONE               \
	}

static const struct row rows[] = {
	{ S_INIT("<>"), false, ERR_OK, SMTP_PATH_NULL, SMTP_DOMAIN_NONE, STR_NONE, STR_NONE,
		STR_NONE },
	{ S_INIT("<a@b>"), false, ERR_OK, BOX, NAME, S_INIT("a"), S_INIT("b"), S_INIT("a@b") },
	{ S_INIT("<a.b+c@ex-1.org>"), true, ERR_OK, BOX, NAME, S_INIT("a.b+c"), S_INIT("ex-1.org"),
		S_INIT("a.b+c@ex-1.org") },
	{ S_INIT("<\"a b\"@c>"), true, ERR_OK, BOX, NAME, S_INIT("a b"), S_INIT("c"),
		S_INIT("\"a b\"@c") },
	{ S_INIT("<\"ab\"@c>"), true, ERR_OK, BOX, NAME, S_INIT("ab"), S_INIT("c"),
		S_INIT("ab@c") },
	{ S_INIT("<\"a\\\"\\\\b\"@c>"), true, ERR_OK, BOX, NAME, S_INIT("a\"\\b"), S_INIT("c"),
		S_INIT("\"a\\\"\\\\b\"@c") },
	{ S_INIT("<\"u@remote\"@us>"), true, ERR_OK, BOX, NAME, S_INIT("u@remote"), S_INIT("us"),
		S_INIT("\"u@remote\"@us") },
	{ S_INIT("<\"<>\"@us>"), true, ERR_OK, BOX, NAME, S_INIT("<>"), S_INIT("us"),
		S_INIT("\"<>\"@us") },
	{ S_INIT("<@a,@b.c:d@e>"), true, ERR_OK, BOX, NAME, S_INIT("d"), S_INIT("e"),
		S_INIT("d@e") },
	{ S_INIT("<u%remote@us>"), true, ERR_OK, BOX, NAME, S_INIT("u%remote"), S_INIT("us"),
		S_INIT("u%remote@us") },
	{ S_INIT("<u@[127.0.0.1]>"), true, ERR_OK, BOX, SMTP_DOMAIN_IPV4, S_INIT("u"),
		S_INIT("127.0.0.1"), S_INIT("u@[127.0.0.1]") },
	{ S_INIT("<u@[ipv6:2001:db8::1]>"), true, ERR_OK, BOX, SMTP_DOMAIN_IPV6, S_INIT("u"),
		S_INIT("2001:db8::1"), S_INIT("u@[IPv6:2001:db8::1]") },
	{ S_INIT("<PostMaster>"), true, ERR_OK, SMTP_PATH_POSTMASTER, SMTP_DOMAIN_NONE,
		S_INIT("PostMaster"), STR_NONE, S_INIT("PostMaster") },
	{ S_INIT("<j\xc3\xb6@b\xc3\xbc"
		 "cher.example>"),
		true, ERR_OK, BOX, NAME, S_INIT("j\xc3\xb6"),
		S_INIT("b\xc3\xbc"
		       "cher.example"),
		S_INIT("j\xc3\xb6@b\xc3\xbc"
		       "cher.example") },
	BAD("", true),
	BAD("a@b", true),
	BAD("<", true),
	BAD("<a", true),
	BAD("<a@", true),
	BAD("<a@b", true),
	BAD("<>", true),
	BAD("<postmaster>", false),
	BAD("<a>", true),
	BAD("<@b>", true),
	BAD("<.a@b>", true),
	BAD("<a.@b>", true),
	BAD("<a..b@c>", true),
	BAD("<a b@c>", true),
	BAD("<u@remote@us>", true),
	BAD("<u@us.>", true),
	BAD("<u@.us>", true),
	BAD("<u@-us>", true),
	BAD("<u@us->", true),
	BAD("<u@a_b>", true),
	BAD("<\"\"@x>", true),
	BAD("<\"a@x>", true),
	BAD("<\"a\\", true),
	BAD("<\"a\"x@y>", true),
	BAD("<@a:>", true),
	BAD("<@a,b:c@d>", true),
	BAD("<@:c@d>", true),
	BAD("<@a c@d>", true),
	BAD("<u@[1.2.3]>", true),
	BAD("<u@[1.2.3.256]>", true),
	BAD("<u@[x]>", true),
	BAD("<u@[]>", true),
	BAD("<u@[IPv6:1:2]>", true),
	BAD("<u@[IPv6:]>", true),
	BAD("<u@[127.0.0.1>", true),
	BAD("<a\xff@b>", true),
	BAD("<a\xc0\xaf@b>", true),
	BAD("<a\xc2\x85@b>", true),
	BAD("<\"a\tb\"@c>", true),
	BAD("<\"a\r\nb\"@c>", true),
	BAD("<a@b\r\n>", true),
	BAD("<a\0@b>", true),
	BAD("<a@b\0.c>", true),
};

static void good(const struct row *row, const struct smtp_path *p)
{
	IS_NUM(p->kind, row->kind);
	IS_NUM(p->domain_kind, row->domain_kind);
	IS_STR(p->local, row->local);
	IS_STR(p->domain, row->domain);
	IS_STR(p->text, row->text);
	IS_NUM(p->utf8, !str_is_ascii(row->text));
}

static void each(const struct row *row, struct arena *a)
{
	struct str in = exact(row->in), rest = in;
	struct smtp_path p;
	enum err e = smtp_path_get(a, &rest, row->forward, &p);
	struct buf b;

	OK(e == row->want, "%.*s: %s", STR_FMT(row->in), err_name(e));
	if (e == ERR_OK) {
		good(row, &p);
		IS_NUM(rest.len, 0);
		buf_init(&b, 1024);
		smtp_path_put(&b, &p);
		rest = buf_str(&b);
		OK(smtp_path_get(a, &rest, row->forward, &p) == ERR_OK,
			"its own spelling is read again");
		good(row, &p);
		buf_done(&b);
	}
	exact_free(in);
	for (size_t n = 0; n < row->in.len; n++) {
		in = exact(str_sub(row->in, 0, n));
		rest = in;
		OK(smtp_path_get(a, &rest, row->forward, &p) == ERR_ADDRESS, "%.*s is not whole",
			STR_FMT(in));
		exact_free(in);
	}
}

static void lengths(struct arena *a)
{
	char path[600];
	struct smtp_path p;
	struct str rest;

	/* 256 octets with brackets, then one more. */
	for (int more = 0; more < 2; more++) {
		int n = snprintf(path, sizeof(path), "<%0*d@%0*d.%0*d.%0*d>", 65 + more, 0, 62, 0,
			62, 0, 62, 0);

		rest = str_make(path, (size_t)n);
		IS_NUM(n, 256 + more);
		OK((smtp_path_get(a, &rest, true, &p) == ERR_OK) == !more, "%d octets", n);
	}
	for (int label = 63; label < 65; label++) {
		int n = snprintf(path, sizeof(path), "%0*d", label, 0);

		OK(smtp_path_is_domain(str_make(path, (size_t)n), false) == (label == 63),
			"label of %d", label);
	}
}

static void literals(void)
{
	static const struct {
		struct str in;
		enum smtp_domain_kind want;
	} cases[] = {
		{ S_INIT("0.0.0.0"), SMTP_DOMAIN_IPV4 },
		{ S_INIT("255.255.255.255"), SMTP_DOMAIN_IPV4 },
		{ S_INIT("1.2.3.4.5"), SMTP_DOMAIN_NONE },
		{ S_INIT("1.2.3."), SMTP_DOMAIN_NONE },
		{ S_INIT("0001.2.3.4"), SMTP_DOMAIN_NONE },
		{ S_INIT("IPv6:::"), SMTP_DOMAIN_IPV6 },
		{ S_INIT("IPv6:::1"), SMTP_DOMAIN_IPV6 },
		{ S_INIT("IPv6:1::"), SMTP_DOMAIN_IPV6 },
		{ S_INIT("IPv6:1:2:3:4:5:6:7:8"), SMTP_DOMAIN_IPV6 },
		{ S_INIT("IPv6:1:2:3:4:5:6:7:8:9"), SMTP_DOMAIN_NONE },
		{ S_INIT("IPv6:1:2:3:4:5:6:7"), SMTP_DOMAIN_NONE },
		{ S_INIT("IPv6:1::2::3"), SMTP_DOMAIN_NONE },
		{ S_INIT("IPv6:::ffff:1.2.3.4"), SMTP_DOMAIN_IPV6 },
		{ S_INIT("IPv6:1:2:3:4:5:6:1.2.3.4"), SMTP_DOMAIN_IPV6 },
		{ S_INIT("IPv6:1.2.3.4::"), SMTP_DOMAIN_NONE },
		{ S_INIT("IPv6:12345::"), SMTP_DOMAIN_NONE },
		{ S_INIT("IPv6:g::"), SMTP_DOMAIN_NONE },
		{ S_INIT("IPv6:"), SMTP_DOMAIN_NONE },
		{ S_INIT("IPv6::1"), SMTP_DOMAIN_NONE },
		{ S_INIT("x"), SMTP_DOMAIN_NONE },
		{ S_INIT("IPv6:1:2:3:4::5:6:7:8"), SMTP_DOMAIN_NONE },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct str address = S("untouched");

		OK(smtp_path_literal(cases[i].in, &address) == cases[i].want, "%.*s",
			STR_FMT(cases[i].in));
	}
}

int main(void)
{
	struct arena a;
	struct smtp_path p;

	arena_init(&a, ARENA_NONE);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		each(&rows[i], &a);
	lengths(&a);
	literals();
	OK(smtp_path_is_domain(S("a_b.c"), true), "underscore where asked for");
	OK(!smtp_path_is_domain(S(""), true), "empty is no domain");
	OK(smtp_path_get_mailbox(&a, S("a@b"), &p) == ERR_OK, "a bare mailbox");
	OK(smtp_path_get_mailbox(&a, S("a@b>"), &p) == ERR_ADDRESS, "nothing may follow it");
	OK(smtp_path_get_mailbox(&a, S("a"), &p) == ERR_ADDRESS, "it has a domain");
	arena_done(&a);
	return tap_done();
}
