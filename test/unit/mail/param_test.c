#include "mail/param.h"
#include "tap.h"

static const struct {
	struct str in, want; /* type/subtype then {name=value} */
} rows[] = {
	{ S_INIT("text/plain"), S_INIT("text/plain") },
	{ S_INIT(" Text (c) / (d) PLAIN ; charset=\"utf-8\""), S_INIT("Text/PLAIN{charset=utf-8}") },
	{ S_INIT("text/plain; charset=us-ascii (Plain text)"), S_INIT("text/plain{charset=us-ascii}") },
	{ S_INIT("a/b; n=\"q\\\"uo;te\"; m=1"), S_INIT("a/b{n=q\"uo;te}{m=1}") },
	{ S_INIT("a/b; name=my file.pdf; x=y"), S_INIT("a/b{name=my file.pdf}{x=y}") },
	{ S_INIT("a/b; x=1 y=2"), S_INIT("a/b{x=1}{y=2}") },
	{ S_INIT("a/b charset=x"), S_INIT("a/b{charset=x}") },
	{ S_INIT("a/b; boundary==_a/b?c:d"), S_INIT("a/b{boundary==_a/b?c:d}") },
	{ S_INIT("a/b; x = \"1\" ; ; =; y"), S_INIT("a/b{x=1}") },
	{ S_INIT("a/b; x=\"open"), S_INIT("a/b{x=open}") },
	{ S_INIT("a/b; x="), S_INIT("a/b{x=}") },
	{ S_INIT("a/b; f*=utf-8''a%20b"), S_INIT("a/b{f*=utf-8''a%20b}") },
	{ S_INIT("a/b; f*0=one; f*1=\"two\"; f*2=three"), S_INIT("a/b{f=onetwothree}") },
	{ S_INIT("a/b; f*1=two; x=y; f*0=one"), S_INIT("a/b{x=y}{f=onetwo}") },
	{ S_INIT("a/b; f*0*=utf-8''a%20; f*1=\"b c%\"; f*2*=%41"), S_INIT("a/b{f*=utf-8''a%20b%20c%25%41}") },
	{ S_INIT("a/b; f*0=a; f*2=c"), S_INIT("a/b{f=a}{f=c}") },
	{ S_INIT("a/b; f*999=a"), S_INIT("a/b{f*999=a}") },
	{ S_INIT("text"), S_INIT("none") },
	{ S_INIT("text/"), S_INIT("none") },
	{ S_INIT("/plain"), S_INIT("none") },
	{ S_INIT(""), S_INIT("none") },
	{ S_INIT("(((("), S_INIT("none") },
};

static void show(struct str in, struct buf *to)
{
	struct str type, subtype, rest;
	struct params p;

	if (!param_media_type(in, &type, &subtype, &rest)) {
		buf_put_c(to, "none");
		return;
	}
	buf_printf(to, "%.*s/%.*s", STR_FMT(type), STR_FMT(subtype));
	params_read(rest, &p);
	for (size_t i = 0; i < p.count; i++)
		buf_printf(to, "{%.*s=%.*s}", STR_FMT(p.rows[i].name), STR_FMT(p.rows[i].value));
	params_done(&p);
}

static void test_many(void)
{
	struct buf text;
	struct params p;

	buf_init(&text, 1 << 20);
	for (int i = 0; i < 10000; i++)
		buf_printf(&text, "; name*%d*=a", i);
	params_read(buf_str(&text), &p);
	OK(p.truncated, "pieces beyond the limit are told of");
	IS_NUM(params_value(&p, S("NAME*")).len, PARAM_PIECES_MAX);
	OK(p.count <= PARAM_MAX, "%zu rows", p.count);
	params_done(&p);
	buf_done(&text);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf out;

		buf_init(&out, 4096);
		show(rows[i].in, &out);
		IS_STR(buf_str(&out), rows[i].want);
		buf_done(&out);
	}
	test_many();
	return tap_done();
}
