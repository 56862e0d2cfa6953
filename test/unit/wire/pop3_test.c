#include "wire/pop3.h"

#include "exact.h"
#include "tap.h"

struct row {
	struct str in;
	enum err want;
	struct pop3_command out;
};

static const struct row rows[] = {
	{ S_INIT("USER DOM\\user\\box"), ERR_OK,
		{ .verb = POP3_USER, .text = S_INIT("DOM\\user\\box") } },
	{ S_INIT("user a b"), ERR_OK, { .verb = POP3_USER, .text = S_INIT("a b") } },
	{ S_INIT("USER"), ERR_SYNTAX, { 0 } },
	{ S_INIT("USER a\x01"), ERR_SYNTAX, { 0 } },
	{ S_INIT("PASS  two blanks "), ERR_OK,
		{ .verb = POP3_PASS, .text = S_INIT(" two blanks ") } },
	{ S_INIT("PASS a\tb"), ERR_OK, { .verb = POP3_PASS, .text = S_INIT("a\tb") } },
	{ S_INIT("PASS a\x1b"), ERR_SYNTAX, { 0 } },
	{ S_INIT("PASS "), ERR_OK, { .verb = POP3_PASS, .text = S_INIT("") } },
	{ S_INIT("STAT"), ERR_OK, { .verb = POP3_STAT } },
	{ S_INIT("STAT 1"), ERR_SYNTAX, { 0 } },
	{ S_INIT("LIST"), ERR_OK, { .verb = POP3_LIST } },
	{ S_INIT("LIST 3"), ERR_OK, { .verb = POP3_LIST, .has_message = true, .message = 3 } },
	{ S_INIT("UIDL 4294967295"), ERR_OK,
		{ .verb = POP3_UIDL, .has_message = true, .message = 4294967295u } },
	{ S_INIT("UIDL 4294967296"), ERR_NOMESSAGE, { 0 } },
	{ S_INIT("RETR"), ERR_SYNTAX, { 0 } },
	{ S_INIT("RETR 0"), ERR_NOMESSAGE, { 0 } },
	{ S_INIT("RETR -1"), ERR_SYNTAX, { 0 } },
	{ S_INIT("RETR 1 2"), ERR_SYNTAX, { 0 } },
	{ S_INIT("DELE 2 "), ERR_OK, { .verb = POP3_DELE, .has_message = true, .message = 2 } },
	{ S_INIT("TOP 1 4294967295"), ERR_OK,
		{ .verb = POP3_TOP, .has_message = true, .message = 1, .lines = 4294967295u } },
	{ S_INIT("TOP 1 4294967296"), ERR_SYNTAX, { 0 } },
	{ S_INIT("TOP 1"), ERR_SYNTAX, { 0 } },
	{ S_INIT("TOP 1 -1"), ERR_SYNTAX, { 0 } },
	{ S_INIT("NOOP"), ERR_OK, { .verb = POP3_NOOP } },
	{ S_INIT("AUTH"), ERR_OK, { .verb = POP3_AUTH } },
	{ S_INIT("AUTH PLAIN"), ERR_OK, { .verb = POP3_AUTH, .mechanism = S_INIT("PLAIN") } },
	{ S_INIT("AUTH PLAIN ="), ERR_OK,
		{ .verb = POP3_AUTH, .mechanism = S_INIT("PLAIN"), .has_initial = true } },
	{ S_INIT("AUTH PLAIN AAAA"), ERR_OK,
		{ .verb = POP3_AUTH,
			.mechanism = S_INIT("PLAIN"),
			.has_initial = true,
			.initial = S_INIT("AAAA") } },
	{ S_INIT("AUTH PLAIN AAAA B"), ERR_SYNTAX, { 0 } },
	{ S_INIT("AUTH P*"), ERR_SYNTAX, { 0 } },
	{ S_INIT("LANG *"), ERR_OK, { .verb = POP3_LANG, .text = S_INIT("*") } },
	{ S_INIT("APOP a b"), ERR_COMMAND, { 0 } },
	{ S_INIT(""), ERR_COMMAND, { 0 } },
	{ S_INIT("STATS"), ERR_COMMAND, { 0 } },
};

static void each(const struct row *row)
{
	struct str in = exact(row->in);
	struct pop3_command c;
	enum err e = pop3_parse(in, &c);

	OK(e == row->want, "%.*s: %s", STR_FMT(row->in), err_name(e));
	if (e == ERR_OK) {
		IS_NUM(c.verb, row->out.verb);
		IS_NUM(c.has_message, row->out.has_message);
		IS_NUM(c.message, row->out.message);
		IS_NUM(c.lines, row->out.lines);
		IS_STR(c.text, row->out.text);
		IS_STR(c.mechanism, row->out.mechanism);
		IS_NUM(c.has_initial, row->out.has_initial);
		IS_STR(c.initial, row->out.initial);
	}
	exact_free(in);
	for (size_t n = 0; n < row->in.len; n++) {
		in = exact(str_sub(row->in, 0, n));
		OK(pop3_parse(in, &c) != ERR_NEEDMORE, "a line is whole");
		exact_free(in);
	}
}

static void table_is_unique(void)
{
	for (int i = 0; i < POP3_VERB_COUNT; i++) {
		const struct pop3_row *row = pop3_row((enum pop3_verb)i);
		enum pop3_verb found;

		OK(pop3_find(str_from_c(row->verb), &found) == ERR_OK && (int)found == i,
			"%s finds its row", row->verb);
		OK(((row->homes & POP3_IN_FRONT) != 0) ==
					((row->states & POP3_AUTHORIZATION) != 0) &&
				((row->homes & POP3_IN_STORE) != 0) ==
					((row->states & POP3_TRANSACTION) != 0),
			"%s: the front before logon, the store after it", row->verb);
	}
}

static void replies(void)
{
	struct buf b;

	buf_init(&b, 4096);
	pop3_ok(&b, S("2 320"));
	pop3_err(&b, ERR_AUTH, STR_NONE);
	pop3_err(&b, ERR_INUSE, STR_NONE);
	pop3_err(&b, ERR_BUSY, S("later"));
	pop3_err(&b, ERR_NOMESSAGE, S("a\r\n+OK injected"));
	pop3_line(&b, S(".x"));
	pop3_line(&b, S("y"));
	pop3_end(&b);
	IS_STR(buf_str(&b), S("+OK 2 320\r\n-ERR [AUTH] user name or password is wrong\r\n"
			      "-ERR [IN-USE] in use by another session\r\n-ERR [SYS/TEMP] later\r\n"
			      "-ERR a??+OK injected\r\n..x\r\ny\r\n.\r\n"));
	buf_done(&b);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		each(&rows[i]);
	table_is_unique();
	replies();
	OK(pop3_may_be_long(S("auth PLAIN AAAA")), "AUTH may be long");
	OK(!pop3_may_be_long(S("AUT")) && !pop3_may_be_long(S("USER x")) &&
			!pop3_may_be_long(S("AUTHX")),
		"nothing else may");
	return tap_done();
}
