#include "mail/address.h"
#include "base/mem.h"
#include "tap.h"

/* name|adl|mailbox@host; group: [name; end of group: ] */
static void show(struct str text, struct buf *to)
{
	char *copy = mem_copy(text.at ? text.at : "", text.len);
	struct address_list list;
	struct address a;

	address_list_init(&list, str_make(copy, text.len));
	while (address_list_next(&list, &a)) {
		if (to->len > 0)
			buf_put_octet(to, ' ');
		if (a.kind == ADDRESS_GROUP)
			buf_printf(to, "[%.*s", STR_FMT(a.name));
		else if (a.kind == ADDRESS_GROUP_END)
			buf_put_c(to, "]");
		else
			buf_printf(to, "%.*s|%.*s|%.*s@%.*s", STR_FMT(a.name), STR_FMT(a.adl), STR_FMT(a.mailbox),
				STR_FMT(a.host));
	}
	address_list_done(&list);
	mem_free(copy);
}

static const struct {
	struct str in, want;
} rows[] = {
	{ S_INIT(""), S_INIT("") },
	{ S_INIT(" , ,"), S_INIT("") },
	{ S_INIT("a@b.c"), S_INIT("||a@b.c") },
	{ S_INIT("A B <a@b.c>"), S_INIT("A B||a@b.c") },
	{ S_INIT("\"B, A\" <a@b>, x@y"), S_INIT("B, A||a@b ||x@y") },
	{ S_INIT("John Q. Public <jq@x>"), S_INIT("John Q. Public||jq@x") },
	{ S_INIT("a@b (Full (nested) Name)"), S_INIT("Full (nested) Name||a@b") },
	{ S_INIT("(only a comment)"), S_INIT("") },
	{ S_INIT("<@r1,@r2:a@b>"), S_INIT("|@r1,@r2|a@b") },
	{ S_INIT("N < @r1 , @r2 : a @ b . c >"), S_INIT("N|@r1,@r2|a@b.c") },
	{ S_INIT("\"quoted local\"@b"), S_INIT("||quoted local@b") },
	{ S_INIT("\"a\\\"b\"@c"), S_INIT("||a\"b@c") },
	{ S_INIT("x . y @ b . c"), S_INIT("||x.y@b.c") },
	{ S_INIT("a@[127.0.0.1]"), S_INIT("||a@[127.0.0.1]") },
	{ S_INIT("a@[IPv6:::1], b@c"), S_INIT("||a@[IPv6:::1] ||b@c") },
	{ S_INIT("[SPAM] Joe <j@x>"), S_INIT("[SPAM] Joe||j@x") },
	{ S_INIT("undisclosed-recipients:;"), S_INIT("[undisclosed-recipients ]") },
	{ S_INIT("g: a@b, C <c@d>; e@f"), S_INIT("[g ||a@b C||c@d ] ||e@f") },
	{ S_INIT("g: a@b"), S_INIT("[g ||a@b ]") },
	{ S_INIT("g:"), S_INIT("[g ]") },
	{ S_INIT("g:;"), S_INIT("[g ]") },
	{ S_INIT("a:b:c;d"), S_INIT("[a ||b:c@ ] ||d@") },
	{ S_INIT("a@b; c@d"), S_INIT("||a@b ||c@d") },
	{ S_INIT("root"), S_INIT("||root@") },
	{ S_INIT("<>"), S_INIT("||@") },
	{ S_INIT("\"\"@x"), S_INIT("||@x") },
	{ S_INIT("<a@b"), S_INIT("||a@b") },
	{ S_INIT("<a@b, c@d"), S_INIT("||a@b ||c@d") },
	{ S_INIT("a@b@c"), S_INIT("||a@b@c") },
	{ S_INIT("me@x <me@y>"), S_INIT("me@x||me@y") },
	{ S_INIT("John john@x"), S_INIT("||john@x") },
	{ S_INIT("a@b junk"), S_INIT("||a@b") },
	{ S_INIT("A <a@b> B <c@d>, e@f"), S_INIT("A||a@b ||e@f") },
	{ S_INIT("\"open <a@b>"), S_INIT("\"open||a@b") },
	{ S_INIT("a (open \\"), S_INIT("open \\||a@") },
	{ S_INIT("\xc3\xa4 <\xc3\xb6@\xc3\xbc>"), S_INIT("\xc3\xa4||\xc3\xb6@\xc3\xbc") },
	{ S_INIT("A\r\n B <a@b>,\r\n\tc@d"), S_INIT("A B||a@b ||c@d") },
	{ S_INIT("=?utf-8?q?a?= <a@b>"), S_INIT("=?utf-8?q?a?=||a@b") },
	{ S_INIT("\"folded\r\n name\" <a@b>"), S_INIT("folded name||a@b") },
};

static void test_every_cut(struct str s)
{
	for (size_t n = 0; n <= s.len; n++) {
		struct buf out;

		buf_init(&out, 4096);
		show(str_sub(s, 0, n), &out);
		buf_done(&out);
	}
}

int main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf out;

		buf_init(&out, 4096);
		show(rows[i].in, &out);
		OK(str_eq(buf_str(&out), rows[i].want), "'%.*s' gives '%.*s', want '%.*s'", STR_FMT(rows[i].in),
			STR_FMT(buf_str(&out)), STR_FMT(rows[i].want));
		buf_done(&out);
		test_every_cut(rows[i].in);
	}
	return tap_done();
}
