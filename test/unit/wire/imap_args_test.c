#include "wire/imap_args.h"

#include "exact.h"
#include "tap.h"

static struct arena arena;

/* A cursor over the text behind a verb; the text must live on. */
static struct imap_args over(struct str s)
{
	struct imap_args args;

	imap_args_init(&args, &arena, s);
	return args;
}

struct string_row {
	struct str in;
	enum err want;
	struct str out;
};

static const struct string_row astrings[] = {
	{ S_INIT(" abc"), ERR_OK, S_INIT("abc") },
	{ S_INIT(" a]b"), ERR_OK, S_INIT("a]b") },
	{ S_INIT(" \"a b\""), ERR_OK, S_INIT("a b") },
	{ S_INIT(" \"\""), ERR_OK, S_INIT("") },
	{ S_INIT(" \"a\\\"\\\\\""), ERR_OK, S_INIT("a\"\\") },
	{ S_INIT(" \"\xc3\xa9\""), ERR_OK, S_INIT("\xc3\xa9") },
	{ S_INIT(" {3}\r\na\r\n"), ERR_OK, S_INIT("a\r\n") },
	{ S_INIT(" {3+}\r\n\xff\"\\"), ERR_OK, S_INIT("\xff\"\\") },
	{ S_INIT(" {0}\r\n"), ERR_OK, S_INIT("") },
	{ S_INIT("abc"), ERR_SYNTAX, STR_NONE },
	{ S_INIT(" "), ERR_SYNTAX, STR_NONE },
	{ S_INIT(" abc "), ERR_SYNTAX, STR_NONE },
	{ S_INIT(" a\xc3\xa9"), ERR_SYNTAX, STR_NONE },
	{ S_INIT(" a\\b"), ERR_SYNTAX, STR_NONE },
	{ S_INIT(" \"a"), ERR_SYNTAX, STR_NONE },
	{ S_INIT(" \"a\\"), ERR_SYNTAX, STR_NONE },
	{ S_INIT(" \"\\a\""), ERR_SYNTAX, STR_NONE },
	{ S_INIT(" \"\xff\""), ERR_SYNTAX, STR_NONE },
	{ S_INIT(" \"a\0b\""), ERR_SYNTAX, STR_NONE },
	{ S_INIT(" \"a\"b"), ERR_SYNTAX, STR_NONE },
	{ S_INIT(" {1}\r\n\0"), ERR_SYNTAX, STR_NONE },
	{ S_INIT(" {4}\r\nabc"), ERR_SYNTAX, STR_NONE },
	{ S_INIT(" {1}a"), ERR_SYNTAX, STR_NONE },
	{ S_INIT(" {x}\r\na"), ERR_SYNTAX, STR_NONE },
	{ S_INIT(" {1"), ERR_SYNTAX, STR_NONE },
	{ S_INIT(" {9223372036854775807}\r\na"), ERR_SYNTAX, STR_NONE },
	{ S_INIT(" ("), ERR_SYNTAX, STR_NONE },
};

static void strings(void)
{
	for (size_t i = 0; i < sizeof(astrings) / sizeof(*astrings); i++) {
		const struct string_row *row = &astrings[i];
		struct str in = exact(row->in);
		struct imap_args args = over(in);
		struct str got = imap_arg_astring(&args);
		enum err e = imap_args_end(&args);

		OK(e == row->want, "astring '%.*s': %s", STR_FMT(row->in), err_name(e));
		if (e == ERR_OK)
			IS_STR(got, row->out);
		exact_free(in);
		for (size_t n = 0; n < row->in.len; n++) {
			in = exact(str_sub(row->in, 0, n));
			args = over(in);
			imap_arg_astring(&args);
			OK(imap_args_end(&args) != ERR_NEEDMORE, "cut at %zu", n);
			exact_free(in);
		}
	}
}

static void nstrings(void)
{
	struct imap_args args = over(S(" NIL \"\" nil x"));
	bool nil;

	IS_NUM(imap_arg_nstring(&args, &nil).len, 0);
	IS_NUM(nil, 1);
	IS_NUM(imap_arg_nstring(&args, &nil).len, 0);
	IS_NUM(nil, 0);
	imap_arg_nstring(&args, &nil);
	IS_NUM(nil, 1);
	imap_arg_nstring(&args, &nil);
	IS_NUM(imap_args_end(&args), ERR_SYNTAX);
	IS_NUM(imap_arg_number(&args), 0);
	IS_NUM(imap_arg_more(&args), 0);
}

static void logins(void)
{
	struct imap_args args = over(S(" DOM\\user\\box \"DOM\\\\user\\\\box\" {4}\r\nD\\u]"));

	IS_STR(imap_arg_login(&args), S("DOM\\user\\box"));
	IS_STR(imap_arg_login(&args), S("DOM\\user\\box"));
	IS_STR(imap_arg_login(&args), S("D\\u]"));
	IS_NUM(imap_args_end(&args), ERR_OK);
}

static void mailboxes(void)
{
	struct imap_args args = over(S(" inbox \"Entw&APw-rfe\" {3}\r\na b &bad"));

	IS_STR(imap_arg_mailbox(&args), S("INBOX"));
	IS_STR(imap_arg_mailbox(&args), S("Entw\xc3\xbcrfe"));
	IS_STR(imap_arg_mailbox(&args), S("a b"));
	IS_NUM(args.err, ERR_OK);
	imap_arg_mailbox(&args);
	IS_NUM(imap_args_end(&args), ERR_FOLDERNAME);
	args = over(S(" \"Entw\xc3\xbcrfe\" &"));
	args.utf8 = true;
	IS_STR(imap_arg_mailbox(&args), S("Entw\xc3\xbcrfe"));
	IS_STR(imap_arg_mailbox(&args), S("&"));
	IS_NUM(imap_args_end(&args), ERR_OK);
	args = over(S(" \"\" %/*] \"a b%\""));
	IS_NUM(imap_arg_mailbox(&args).len, 0);
	IS_STR(imap_arg_pattern(&args), S("%/*]"));
	IS_STR(imap_arg_pattern(&args), S("a b%"));
	IS_NUM(imap_args_end(&args), ERR_OK);
}

struct command_row {
	struct str in;
	enum err want;
	struct str tag;
	enum imap_verb verb;
	bool uid;
	struct str rest;
};

static const struct command_row commands[] = {
	{ S_INIT("a NOOP"), ERR_OK, S_INIT("a"), IMAP_NOOP, false, S_INIT("") },
	{ S_INIT("a1 uid Fetch 1 UID"), ERR_OK, S_INIT("a1"), IMAP_FETCH, true, S_INIT(" 1 UID") },
	{ S_INIT("a UID EXPUNGE 1"), ERR_OK, S_INIT("a"), IMAP_EXPUNGE, true, S_INIT(" 1") },
	{ S_INIT("a UID NOOP"), ERR_COMMAND, S_INIT("a"), 0, false, S_INIT("") },
	{ S_INIT("a UID"), ERR_SYNTAX, S_INIT("a"), 0, false, S_INIT("") },
	{ S_INIT("a XYZZY"), ERR_COMMAND, S_INIT("a"), 0, false, S_INIT("") },
	{ S_INIT("a "), ERR_SYNTAX, S_INIT("a"), 0, false, S_INIT("") },
	{ S_INIT("a"), ERR_SYNTAX, S_INIT(""), 0, false, S_INIT("") },
	{ S_INIT("+ NOOP"), ERR_SYNTAX, S_INIT(""), 0, false, S_INIT("") },
	{ S_INIT(" NOOP"), ERR_SYNTAX, S_INIT(""), 0, false, S_INIT("") },
	{ S_INIT(""), ERR_SYNTAX, S_INIT(""), 0, false, S_INIT("") },
};

static void command_heads(void)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		const struct command_row *row = &commands[i];
		struct str in = exact(row->in);
		struct imap_args args = over(in);
		struct imap_command c;

		OK(imap_command(&args, &c) == row->want, "%.*s", STR_FMT(row->in));
		IS_STR(c.tag, row->tag);
		if (row->want == ERR_OK) {
			IS_NUM(c.verb, row->verb);
			IS_NUM(c.uid, row->uid);
			IS_STR(args.rest, row->rest);
		}
		exact_free(in);
	}
}

static void dates(void)
{
	static const struct {
		struct str in;
		enum err want;
		int32_t day;
	} cases[] = {
		{ S_INIT(" 1-Jan-1970"), ERR_OK, 0 },
		{ S_INIT(" \"02-jan-1970\""), ERR_OK, 1 },
		{ S_INIT(" 31-Dec-1969"), ERR_OK, -1 },
		{ S_INIT(" 29-Feb-2000"), ERR_OK, 11016 },
		{ S_INIT(" 29-Feb-1999"), ERR_SYNTAX, 0 },
		{ S_INIT(" 31-Apr-2000"), ERR_SYNTAX, 0 },
		{ S_INIT(" 0-Jan-2000"), ERR_SYNTAX, 0 },
		{ S_INIT(" 1-Foo-2000"), ERR_SYNTAX, 0 },
		{ S_INIT(" 1-Jan-99"), ERR_SYNTAX, 0 },
		{ S_INIT(" 001-Jan-2000"), ERR_SYNTAX, 0 },
		{ S_INIT(" \"1-Jan-2000"), ERR_SYNTAX, 0 },
		{ S_INIT(" 1-Jan-20000"), ERR_SYNTAX, 0 },
		{ S_INIT(" 1-Ja"), ERR_SYNTAX, 0 },
	};
	struct imap_args args;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct str in = exact(cases[i].in);
		int32_t day;
		enum err e;

		args = over(in);
		day = imap_arg_date(&args);
		e = imap_args_end(&args);
		OK(e == cases[i].want && (e != ERR_OK || day == cases[i].day), "%.*s: %s %d",
			STR_FMT(in), err_name(e), (int)day);
		exact_free(in);
	}
	args = over(S(" \" 1-Jan-1970 01:00:00 +0100\""));
	IS_NUM(imap_arg_date_time(&args), 0);
	IS_NUM(imap_args_end(&args), ERR_OK);
	args = over(S(" \" 1-Jan-1970\""));
	imap_arg_date_time(&args);
	IS_NUM(imap_args_end(&args), ERR_SYNTAX);
}

static void flags(void)
{
	static const struct str bad[] = { S_INIT(" (\\Recent)"), S_INIT(" (\\*)"),
		S_INIT(" (\\Foo)"), S_INIT(" (a"), S_INIT(" (a )"), S_INIT(" a"), S_INIT(" ( a)"),
		S_INIT(" (\\)"), S_INIT(" (\"a\")") };
	struct imap_args args = over(S(" (\\Seen $Work \\deleted Other $WORK) ()"));
	struct imap_flags f;
	struct buf b;

	imap_arg_flags(&args, &f);
	IS_NUM(f.system, IMAP_SEEN | IMAP_DELETED);
	IS_NUM(f.keywords_count, 2);
	IS_STR(f.keywords[0], S("$Work"));
	IS_STR(f.keywords[1], S("Other"));
	imap_arg_flags(&args, &f);
	IS_NUM(f.system + f.keywords_count, 0);
	IS_NUM(imap_args_end(&args), ERR_OK);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		args = over(bad[i]);
		imap_arg_flags(&args, &f);
		OK(imap_args_end(&args) == ERR_SYNTAX, "no flags:%.*s", STR_FMT(bad[i]));
	}
	buf_init(&b, 1 << 16);
	buf_put(&b, S(" ("));
	for (int i = 0; i < 251; i++)
		buf_printf(&b, "%sk%d", i > 0 ? " " : "", i);
	buf_put(&b, S(")"));
	args = over(buf_str(&b));
	imap_arg_flags(&args, &f);
	IS_NUM(imap_args_end(&args), ERR_LIMIT);
	buf_done(&b);
}

static void stores(void)
{
	static const struct {
		struct str in;
		enum imap_store_how how;
		bool silent;
		unsigned system;
		size_t keywords;
	} cases[] = {
		{ S_INIT(" FLAGS (\\Seen)"), IMAP_STORE_SET, false, IMAP_SEEN, 0 },
		{ S_INIT(" flags ()"), IMAP_STORE_SET, false, 0, 0 },
		{ S_INIT(" +FLAGS.SILENT \\Deleted x"), IMAP_STORE_ADD, true, IMAP_DELETED, 1 },
		{ S_INIT(" -flags (a b)"), IMAP_STORE_REMOVE, false, 0, 2 },
	};
	static const struct str bad[] = { S_INIT(" FLAG (x)"), S_INIT(" FLAGS"), S_INIT(" FLAGS "),
		S_INIT(" ++FLAGS x"), S_INIT(" FLAGS.LOUD x"), S_INIT(" FLAGS (x) y"),
		S_INIT(" FLAGS x)") };
	struct imap_args args;
	struct imap_store s;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		args = over(cases[i].in);
		imap_arg_store(&args, &s);
		OK(imap_args_end(&args) == ERR_OK && s.how == cases[i].how &&
				s.silent == cases[i].silent && s.flags.system == cases[i].system &&
				s.flags.keywords_count == cases[i].keywords,
			"store%.*s", STR_FMT(cases[i].in));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		args = over(bad[i]);
		imap_arg_store(&args, &s);
		OK(imap_args_end(&args) == ERR_SYNTAX, "no store:%.*s", STR_FMT(bad[i]));
	}
}

static void statuses(void)
{
	struct imap_args args = over(S(" (messages UIDNEXT SIZE)"));

	IS_NUM(imap_arg_status(&args),
		IMAP_STATUS_MESSAGES | IMAP_STATUS_UIDNEXT | IMAP_STATUS_SIZE);
	IS_NUM(imap_args_end(&args), ERR_OK);
	args = over(S(" ()"));
	IS_NUM(imap_arg_status(&args), 0);
	IS_NUM(imap_args_end(&args), ERR_SYNTAX);
	args = over(S(" (MESSAGES FOO)"));
	IS_NUM(imap_arg_status(&args), 0);
	IS_NUM(imap_args_end(&args), ERR_SYNTAX);
}

static void ids(void)
{
	struct imap_args args = over(S(" (\"name\" \"x\" {4}\r\nvend NIL)"));
	struct imap_id id;
	struct buf b;

	imap_arg_id(&args, &id);
	IS_NUM(imap_args_end(&args), ERR_OK);
	IS_NUM(id.count, 2);
	IS_STR(id.fields[1], S("vend"));
	IS_STR(id.values[0], S("x"));
	args = over(S(" NIL"));
	imap_arg_id(&args, &id);
	IS_NUM(imap_args_end(&args) == ERR_OK && id.count == 0, 1);
	args = over(S(" ((((((((((("));
	imap_arg_id(&args, &id);
	IS_NUM(imap_args_end(&args), ERR_SYNTAX);
	buf_init(&b, 4096);
	buf_put(&b, S(" ("));
	for (int i = 0; i < 31; i++)
		buf_printf(&b, "%s\"k%d\" \"v\"", i > 0 ? " " : "", i);
	buf_put(&b, S(")"));
	args = over(buf_str(&b));
	imap_arg_id(&args, &id);
	IS_NUM(imap_args_end(&args), ERR_LIMIT);
	buf_done(&b);
}

/* An arena that is full is an ordinary failure everywhere. */
static void full_arena(void)
{
	static const struct str cases[] = { S_INIT(" \"a\\\"b\""), S_INIT(" \"Entw&APw-rfe\"") };
	struct arena none;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct imap_args args;

		arena_init(&none, 1);
		imap_args_init(&args, &none, cases[i]);
		imap_arg_mailbox(&args);
		OK(imap_args_end(&args) == ERR_LIMIT, "no room:%.*s", STR_FMT(cases[i]));
		arena_done(&none);
	}
}

static void others(void)
{
	struct imap_args args = over(S(" abc= 17 x 1:3,* PLAIN"));
	struct imap_set set;

	IS_STR(imap_arg_base64(&args), S("abc="));
	IS_NUM(imap_arg_number(&args), 17);
	IS_NUM(imap_arg_peek(&args), 'x');
	IS_STR(imap_arg_string(&args), S(""));
	IS_NUM(imap_args_end(&args), ERR_SYNTAX);
	args = over(S(" 1:3,* PLAIN"));
	imap_arg_set(&args, &set);
	IS_NUM(set.star, 1);
	IS_STR(imap_arg_atom(&args), S("PLAIN"));
	IS_NUM(imap_args_end(&args), ERR_OK);
	args = over(S(" 4294967296"));
	imap_arg_number(&args);
	IS_NUM(imap_args_end(&args), ERR_SYNTAX);
}

int main(void)
{
	arena_init(&arena, ARENA_NONE);
	strings();
	nstrings();
	logins();
	mailboxes();
	command_heads();
	dates();
	flags();
	stores();
	statuses();
	ids();
	full_arena();
	others();
	arena_done(&arena);
	return tap_done();
}
