#include "wire/imap_metadata.h"

#include "base/err.h"
#include "exact.h"
#include "tap.h"

static struct arena arena;

/* Each as "mailbox|depth|maxsize|entry=value|...". */
static const struct row {
	bool set;
	struct str in;
	enum err want;
	struct str out;
} rows[] = {
	{ false, S_INIT(" \"\" /shared/comment"), ERR_OK, S_INIT("|0|-|/shared/comment|") },
	{ false, S_INIT(" (MAXSIZE 1024 DEPTH 1) inbox (/shared/a /PRIVATE/b)"), ERR_OK, S_INIT("INBOX|1|1024|/shared/a|/PRIVATE/b|") },
	{ false, S_INIT(" x (depth infinity) \"/private\""), ERR_OK, S_INIT("x|2|-|/private|") },
	{ false, S_INIT(" x (DEPTH 0) ({8}\r\n/private)"), ERR_OK, S_INIT("x|0|-|/private|") },
	{ false, S_INIT(" (DEPTH 1) x (MAXSIZE 0) (/private/a)"), ERR_OK, S_INIT("x|1|0|/private/a|") },
	{ false, S_INIT(" x /privatex"), ERR_SYNTAX, S_INIT("") },
	{ false, S_INIT(" x /"), ERR_SYNTAX, S_INIT("") },
	{ false, S_INIT(" x private/a"), ERR_SYNTAX, S_INIT("") },
	{ false, S_INIT(" x /private/a/"), ERR_SYNTAX, S_INIT("") },
	{ false, S_INIT(" x \"/private/a%\""), ERR_SYNTAX, S_INIT("") },
	{ false, S_INIT(" (DEPTH) x /private/a"), ERR_SYNTAX, S_INIT("") },
	{ false, S_INIT(" (DEPTH 3) x /private/a"), ERR_SYNTAX, S_INIT("") },
	{ false, S_INIT(" () x /private/a"), ERR_SYNTAX, S_INIT("") },
	{ false, S_INIT(" x ()"), ERR_SYNTAX, S_INIT("") },
	{ false, S_INIT(" x /private/a /private/b"), ERR_SYNTAX, S_INIT("") },
	{ false, S_INIT(" &bad /private/a"), ERR_FOLDERNAME, S_INIT("") },
	{ true, S_INIT(" x (/private/a NIL)"), ERR_OK, S_INIT("x|/private/a=-|") },
	{ true, S_INIT(" \"\" (/shared/a \"\" /private/vendor/v/x {1}\r\nv)"), ERR_OK, S_INIT("|/shared/a=|/private/vendor/v/x=v|") },
	{ true, S_INIT(" x (/shared/a ~{3}\r\na\0b)"), ERR_OK, S_INIT("x|/shared/a=a\0b|") },
	{ true, S_INIT(" x (/shared/a ~{2+}\r\nab /shared/b \"c\")"), ERR_OK, S_INIT("x|/shared/a=ab|/shared/b=c|") },
	{ true, S_INIT(" x (/shared/a {1}\r\n\0)"), ERR_SYNTAX, S_INIT("") },
	{ true, S_INIT(" x (/shared/a ~\"b\")"), ERR_SYNTAX, S_INIT("") },
	{ true, S_INIT(" x (/shared \"b\")"), ERR_SYNTAX, S_INIT("") },
	{ true, S_INIT(" x (/shared/vendor/v \"b\")"), ERR_SYNTAX, S_INIT("") },
	{ true, S_INIT(" x (/shared/a)"), ERR_SYNTAX, S_INIT("") },
	{ true, S_INIT(" x (/shared/a b)"), ERR_SYNTAX, S_INIT("") },
	{ true, S_INIT(" x /shared/a \"b\""), ERR_SYNTAX, S_INIT("") },
	{ true, S_INIT(" x ()"), ERR_SYNTAX, S_INIT("") },
};

static void put_get(struct buf *b, const struct imap_getmetadata *get)
{
	buf_printf(b, "%.*s|%d|", STR_FMT(get->mailbox), (int)get->depth);
	if (get->has_maxsize)
		buf_printf(b, "%u|", get->maxsize);
	else
		buf_put(b, S("-|"));
	for (size_t i = 0; i < get->entries.count; i++)
		buf_printf(b, "%.*s|", STR_FMT(get->entries.names[i]));
}

static void put_set(struct buf *b, const struct imap_setmetadata *set)
{
	buf_printf(b, "%.*s|", STR_FMT(set->mailbox));
	for (size_t i = 0; i < set->entries.count; i++) {
		buf_printf(b, "%.*s=", STR_FMT(set->entries.names[i]));
		buf_put(b, set->values[i].at == NULL ? S("-") : set->values[i]);
		buf_put_octet(b, '|');
	}
}

static enum err parse(bool is_set, struct str in, struct buf *b)
{
	static struct imap_getmetadata get;
	static struct imap_setmetadata set;
	struct imap_args args;
	enum err e;

	imap_args_init(&args, &arena, in);
	if (is_set)
		imap_arg_setmetadata(&args, &set);
	else
		imap_arg_getmetadata(&args, &get);
	e = imap_args_end(&args);
	if (e == ERR_OK && is_set)
		put_set(b, &set);
	else if (e == ERR_OK)
		put_get(b, &get);
	return e;
}

static void table(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct str in = exact(rows[i].in);
		struct buf b;
		enum err e;

		buf_init(&b, BUF_NO_CEILING);
		e = parse(rows[i].set, in, &b);
		OK(e == rows[i].want, "'%.*s': %s", STR_FMT(in), err_name(e));
		if (e == ERR_OK)
			IS_STR(buf_str(&b), rows[i].out);
		exact_free(in);
		for (size_t n = 0; n < rows[i].in.len; n++) {
			in = exact(str_sub(rows[i].in, 0, n));
			e = parse(rows[i].set, in, &b);
			OK(e == ERR_SYNTAX || e == ERR_FOLDERNAME || (e == ERR_OK && !rows[i].set), "cut at %zu: %s", n, err_name(e));
			exact_free(in);
		}
		buf_done(&b);
	}
}

static void limits(void)
{
	for (size_t count = IMAP_ENTRIES_MAX; count <= IMAP_ENTRIES_MAX + 1; count++) {
		struct buf b, out;

		buf_init(&b, BUF_NO_CEILING);
		buf_init(&out, BUF_NO_CEILING);
		buf_put(&b, S(" x (/shared/a"));
		for (size_t i = 1; i < count; i++)
			buf_put(&b, S(" /shared/a"));
		buf_put(&b, S(")"));
		IS_NUM(parse(false, buf_str(&b), &out), count > IMAP_ENTRIES_MAX ? ERR_LIMIT : ERR_OK);
		buf_clear(&b);
		buf_put(&b, S(" x /shared/"));
		while (b.len < 3 + IMAP_ENTRY_OCTETS_MAX + (count - IMAP_ENTRIES_MAX))
			buf_put_octet(&b, 'n');
		IS_NUM(parse(false, buf_str(&b), &out), count > IMAP_ENTRIES_MAX ? ERR_LIMIT : ERR_OK);
		buf_done(&out);
		buf_done(&b);
	}
}

static void within(void)
{
	static const struct {
		struct str entry, above;
		bool at_0, at_1, at_infinity;
	} cases[] = {
		{ S_INIT("/private/a"), S_INIT("/PRIVATE/A"), true, true, true },
		{ S_INIT("/private/a/b"), S_INIT("/private/a"), false, true, true },
		{ S_INIT("/private/a/b/c"), S_INIT("/private/a"), false, false, true },
		{ S_INIT("/private/ab"), S_INIT("/private/a"), false, false, false },
		{ S_INIT("/private"), S_INIT("/private/a"), false, false, false },
		{ S_INIT("/shared/a"), S_INIT("/private"), false, false, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		IS_NUM(imap_entry_within(cases[i].entry, cases[i].above, IMAP_DEPTH_0), cases[i].at_0);
		IS_NUM(imap_entry_within(cases[i].entry, cases[i].above, IMAP_DEPTH_1), cases[i].at_1);
		IS_NUM(imap_entry_within(cases[i].entry, cases[i].above, IMAP_DEPTH_INFINITY), cases[i].at_infinity);
	}
	OK(imap_entry_has_value(S("/private/a")) && imap_entry_has_value(S("/shared/vendors/a")) &&
			imap_entry_has_value(S("/SHARED/vendor/v/a")),
		"entries that may have a value");
	OK(!imap_entry_has_value(S("/private")) && !imap_entry_has_value(S("/shared/vendor")) &&
			!imap_entry_has_value(S("/shared/VENDOR/v")),
		"entries that may not");
}

static void values(void)
{
	struct buf b;

	buf_init(&b, BUF_NO_CEILING);
	imap_put_value(&b, STR_NONE);
	buf_put_octet(&b, ' ');
	imap_put_value(&b, S(""));
	buf_put_octet(&b, ' ');
	imap_put_value(&b, S("a\"b"));
	buf_put_octet(&b, ' ');
	imap_put_value(&b, S("a\r\nb"));
	buf_put_octet(&b, ' ');
	imap_put_value(&b, S("a\0b"));
	IS_STR(buf_str(&b), S("NIL \"\" \"a\\\"b\" {4}\r\na\r\nb ~{3}\r\na\0b"));
	buf_done(&b);
}

int main(void)
{
	arena_init(&arena, ARENA_NONE);
	table();
	limits();
	within();
	values();
	arena_done(&arena);
	return tap_done();
}
