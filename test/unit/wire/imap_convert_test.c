#include "wire/imap_convert.h"

#include "exact.h"
#include "tap.h"

static struct arena arena;

/* Each as "type|name=value|...|U|item|...|". */
static const struct row {
	struct str in;
	enum err want;
	struct str out;
} rows[] = {
	{ S_INIT(" (\"APPLICATION/PDF\") BINARY[3]"), ERR_OK, S_INIT("APPLICATION/PDF|BINARY[3]|") },
	{ S_INIT(" (NIL) (AVAILABLECONVERSIONS[2])"), ERR_OK, S_INIT("-|AVAILABLECONVERSIONS[2]|") },
	{ S_INIT(" (nil) UID"), ERR_OK, S_INIT("-|U|") },
	{ S_INIT(" (\"text/plain\" (\"charset\" \"us-ascii\" unknown-character-replacement {1}\r\n?)) (BINARY[1.2]<5.9> UID BINARY.SIZE[] BODYPARTSTRUCTURE[1])"),
		ERR_OK, S_INIT("text/plain|charset=us-ascii|unknown-character-replacement=?|U|BINARY[1.2]<5>|BINARY.SIZE[]|BODYPARTSTRUCTURE[1]|") },
	{ S_INIT(" (NIL (CHARSET utf-8)) (body[header] BODY[1.2.HEADER] BODY[1.MIME])"), ERR_OK,
		S_INIT("-|CHARSET=utf-8|BODY[HEADER]|BODY[1.2.HEADER]|BODY[1.MIME]|") },
	{ S_INIT(" ({10}\r\ntext/plain (a {0}\r\n)) BINARY[1]"), ERR_OK, S_INIT("text/plain|a=|BINARY[1]|") },
	{ S_INIT(" (\"NIL\") BINARY[1]"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" ({3}\r\nNIL) BINARY[1]"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" (\"text/*\") BINARY[1]"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" (\"text\") BINARY[1]"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" (\"text/plain\") BODY[HEADER]"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" (NIL (a b)) BODY[TEXT]"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" (NIL (a b)) BODY[]"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" (NIL (a b)) BODY[HEADER.FIELDS (TO)]"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" (NIL (a b)) BODY[MIME]"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" (NIL) BINARY[HEADER]"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" (NIL) BINARY.SIZE[1]<0.1>"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" (NIL) BINARY[1]<0.0>"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" (NIL) BINARY.PEEK[1]"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" (NIL) FLAGS"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" (NIL) ()"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" (NIL) UID UID"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" () BINARY[1]"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" NIL BINARY[1]"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" (NIL ()) BINARY[1]"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" (NIL (a)) BINARY[1]"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" (NIL (\"\" b)) BINARY[1]"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" (NIL (a b) (c d)) BINARY[1]"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" (NIL)"), ERR_SYNTAX, S_INIT("") },
	{ S_INIT(" (NIL (1 1 2 2 3 3 4 4 5 5 6 6 7 7 8 8 9 9 10 10 11 11 12 12 13 13 14 14 15 15 16 16 17 17 18 18 19 19 20 20 21 21)) UID"),
		ERR_LIMIT, S_INIT("") },
};

static void put(struct buf *b, const struct imap_convert *c)
{
	buf_put(b, c->type.at != NULL ? c->type : S("-"));
	buf_put_octet(b, '|');
	for (size_t n = 0; n < c->params_count; n++)
		buf_printf(b, "%.*s=%.*s|", STR_FMT(c->params[n].name), STR_FMT(c->params[n].value));
	buf_put(b, c->uid ? S("U|") : S(""));
	for (size_t n = 0; n < c->items_count; n++) {
		imap_fetch_put_section(b, &c->items[n]);
		buf_put_octet(b, '|');
	}
}

static enum err parse(struct str in, struct buf *b)
{
	static struct imap_convert convert;
	struct imap_args args;
	enum err e;

	imap_args_init(&args, &arena, in);
	imap_arg_convert(&args, &convert);
	e = imap_args_end(&args);
	if (e == ERR_OK)
		put(b, &convert);
	return e;
}

static void converts(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf b;
		size_t good = 0;

		buf_init(&b, 4096);
		for (size_t n = 0; n < rows[i].in.len; n++) {
			struct str cut = exact(str_sub(rows[i].in, 0, n));

			good += parse(cut, &b) == ERR_OK;
			exact_free(cut);
		}
		OK(good == 0 || rows[i].want != ERR_OK, "row %zu: %zu beginnings are whole", i, good);
		buf_clear(&b);
		IS_NUM(parse(rows[i].in, &b), rows[i].want);
		if (rows[i].want == ERR_OK)
			IS_STR(buf_str(&b), rows[i].out);
		buf_done(&b);
		arena_clear(&arena);
	}
}

static enum err pattern(const char *text)
{
	struct imap_args args;

	imap_args_init(&args, &arena, str_from_c(text));
	(void)imap_arg_mime_pattern(&args);
	return imap_args_end(&args);
}

static void too_long(void)
{
	struct buf b, out;

	buf_init(&b, 4096);
	buf_init(&out, 4096);
	buf_put(&b, S(" (NIL (a \""));
	for (size_t n = 0; n <= IMAP_CONVERT_PARAM_OCTETS_MAX; n++)
		buf_put_octet(&b, 'x');
	buf_put(&b, S("\")) UID"));
	IS_NUM(parse(buf_str(&b), &out), ERR_LIMIT);
	buf_done(&b);
	buf_done(&out);
}

int main(void)
{
	arena_init(&arena, ARENA_NONE);
	converts();
	too_long();
	IS_NUM(pattern(" \"*\""), ERR_OK);
	IS_NUM(pattern(" text/plain"), ERR_OK);
	IS_NUM(pattern(" {6}\r\ntext/*"), ERR_OK);
	IS_NUM(pattern(" text"), ERR_SYNTAX);
	IS_NUM(pattern(" *"), ERR_SYNTAX);
	arena_done(&arena);
	return tap_done();
}
