#include "wire/smtp.h"

#include "exact.h"
#include "tap.h"

static struct arena arena;

struct row {
	struct str in;
	enum err want;
	enum smtp_verb verb;
};

static const struct row rows[] = {
	{ S_INIT("HELO x"), ERR_OK, SMTP_HELO },
	{ S_INIT("ehlo [127.0.0.1]"), ERR_OK, SMTP_EHLO },
	{ S_INIT("EHLO my_host "), ERR_OK, SMTP_EHLO },
	{ S_INIT("EHLO"), ERR_SYNTAX, 0 },
	{ S_INIT("EHLO a b"), ERR_SYNTAX, 0 },
	{ S_INIT("EHLO a\tb"), ERR_SYNTAX, 0 },
	{ S_INIT("MAIL FROM:<>"), ERR_OK, SMTP_MAIL },
	{ S_INIT("mail from: <a@b>"), ERR_OK, SMTP_MAIL },
	{ S_INIT("MAIL FROM:<a@b> SIZE=1 BODY=8BITMIME"), ERR_OK, SMTP_MAIL },
	{ S_INIT("MAIL FROM:<a@b>SIZE=1"), ERR_ADDRESS, 0 },
	{ S_INIT("MAIL FROM:a@b"), ERR_ADDRESS, 0 },
	{ S_INIT("MAIL FROM <a@b>"), ERR_SYNTAX, 0 },
	{ S_INIT("MAIL"), ERR_SYNTAX, 0 },
	{ S_INIT("MAIL TO:<a@b>"), ERR_SYNTAX, 0 },
	{ S_INIT("MAIL FROM:<a@b> FOO=1"), ERR_PARAMETER, 0 },
	{ S_INIT("MAIL FROM:<a@b> NOTIFY=NEVER"), ERR_PARAMETER, 0 },
	{ S_INIT("MAIL FROM:<a@b> ="), ERR_PARAMETER, 0 },
	{ S_INIT("MAIL FROM:<a@b> SIZE=-1"), ERR_SYNTAX, 0 },
	{ S_INIT("MAIL FROM:<a@b> SIZE="), ERR_SYNTAX, 0 },
	{ S_INIT("MAIL FROM:<a@b> SIZE"), ERR_SYNTAX, 0 },
	{ S_INIT("MAIL FROM:<a@b> SIZE=1 SIZE=2"), ERR_SYNTAX, 0 },
	{ S_INIT("MAIL FROM:<a@b> BODY=9BIT"), ERR_UNSUPPORTED, 0 },
	{ S_INIT("MAIL FROM:<a@b> BODY"), ERR_SYNTAX, 0 },
	{ S_INIT("MAIL FROM:<a@b> RET=SOME"), ERR_UNSUPPORTED, 0 },
	{ S_INIT("MAIL FROM:<a@b> RET=FULL RET=HDRS"), ERR_SYNTAX, 0 },
	{ S_INIT("MAIL FROM:<a@b> ENVID=a+00b"), ERR_SYNTAX, 0 },
	{ S_INIT("MAIL FROM:<a@b> ENVID=a+0D+0AX:y"), ERR_SYNTAX, 0 },
	{ S_INIT("MAIL FROM:<a@b> ENVID=a+7F"), ERR_SYNTAX, 0 },
	{ S_INIT("MAIL FROM:<a@b> ENVID=a+C2+85"), ERR_SYNTAX, 0 },
	{ S_INIT("MAIL FROM:<a@b> ENVID=a+f"), ERR_SYNTAX, 0 },
	{ S_INIT("MAIL FROM:<a@b> ENVID=a+2"), ERR_SYNTAX, 0 },
	{ S_INIT("MAIL FROM:<a@b> ENVID="), ERR_SYNTAX, 0 },
	{ S_INIT("MAIL FROM:<a@b> SMTPUTF8=1"), ERR_SYNTAX, 0 },
	{ S_INIT("MAIL FROM:<\xc3\xa9@b>"), ERR_NEEDUTF8, 0 },
	{ S_INIT("MAIL FROM:<\xc3\xa9@b> SMTPUTF8"), ERR_OK, SMTP_MAIL },
	{ S_INIT("MAIL FROM:<\xe9@b> SMTPUTF8"), ERR_SYNTAX, 0 },
	{ S_INIT("MAIL FROM:<;sleep 9;>"), ERR_ADDRESS, 0 },
	{ S_INIT("RCPT TO:<a@b>"), ERR_OK, SMTP_RCPT },
	{ S_INIT("RCPT TO:<postmaster>"), ERR_OK, SMTP_RCPT },
	{ S_INIT("RCPT TO:<>"), ERR_ADDRESS, 0 },
	{ S_INIT("RCPT TO:<a@b> NOTIFY=NEVER,SUCCESS"), ERR_SYNTAX, 0 },
	{ S_INIT("RCPT TO:<a@b> NOTIFY=SUCCESS,"), ERR_SYNTAX, 0 },
	{ S_INIT("RCPT TO:<a@b> NOTIFY"), ERR_SYNTAX, 0 },
	{ S_INIT("RCPT TO:<a@b> ORCPT=rfc822;a+0D+0AX:y"), ERR_SYNTAX, 0 },
	{ S_INIT("RCPT TO:<a@b> ORCPT=rfc822"), ERR_SYNTAX, 0 },
	{ S_INIT("RCPT TO:<a@b> ORCPT=;x"), ERR_SYNTAX, 0 },
	{ S_INIT("RCPT TO:<a@b> ORCPT=rfc822;\xc3\xa9@x"), ERR_SYNTAX, 0 },
	{ S_INIT("RCPT TO:<a@b> ORCPT=utf-8;\xc3\xa9@x"), ERR_OK, SMTP_RCPT },
	{ S_INIT("RCPT TO:<a@b> SIZE=1"), ERR_PARAMETER, 0 },
	{ S_INIT("DATA"), ERR_OK, SMTP_DATA },
	{ S_INIT("DATA x"), ERR_SYNTAX, 0 },
	{ S_INIT("BDAT 0"), ERR_OK, SMTP_BDAT },
	{ S_INIT("BDAT 10 last"), ERR_OK, SMTP_BDAT },
	{ S_INIT("BDAT -1"), ERR_SYNTAX, 0 },
	{ S_INIT("BDAT"), ERR_SYNTAX, 0 },
	{ S_INIT("BDAT 1 FIRST"), ERR_SYNTAX, 0 },
	{ S_INIT("BDAT 99999999999999999999 LAST"), ERR_SYNTAX, 0 },
	{ S_INIT("RSET"), ERR_OK, SMTP_RSET },
	{ S_INIT("NOOP whatever"), ERR_OK, SMTP_NOOP },
	{ S_INIT("QUIT "), ERR_OK, SMTP_QUIT },
	{ S_INIT("QUIT now"), ERR_SYNTAX, 0 },
	{ S_INIT("VRFY a"), ERR_OK, SMTP_VRFY },
	{ S_INIT("VRFY"), ERR_SYNTAX, 0 },
	{ S_INIT("EXPN"), ERR_SYNTAX, 0 },
	{ S_INIT("HELP"), ERR_OK, SMTP_HELP },
	{ S_INIT("STARTTLS"), ERR_OK, SMTP_STARTTLS },
	{ S_INIT("AUTH PLAIN"), ERR_OK, SMTP_AUTH },
	{ S_INIT("AUTH"), ERR_SYNTAX, 0 },
	{ S_INIT("AUTH PL*IN"), ERR_SYNTAX, 0 },
	{ S_INIT("AUTH PLAIN a b"), ERR_SYNTAX, 0 },
	{ S_INIT("AUTH AAAAAAAAAAAAAAAAAAAAA"), ERR_SYNTAX, 0 },
	{ S_INIT(""), ERR_COMMAND, 0 },
	{ S_INIT(" NOOP"), ERR_COMMAND, 0 },
	{ S_INIT("NOOPS"), ERR_COMMAND, 0 },
	{ S_INIT("GET / HTTP/1.1"), ERR_COMMAND, 0 },
};

static enum err parse(struct str in, struct smtp_command *ret)
{
	enum err e;

	in = exact(in);
	e = smtp_parse(&arena, in, ret);
	exact_free(in);
	return e;
}

/* As parse, but the views stay good. */
static struct smtp_command parsed(struct str in)
{
	struct smtp_command c;

	must(smtp_parse(&arena, in, &c) == ERR_OK);
	return c;
}

static void mail(void)
{
	struct smtp_command c =
		parsed(S("MAIL FROM:<a@b> SIZE=18446744073709551616 BODY=binarymime SMTPUTF8 "
			 "AUTH=e+3Dmc2@x RET=hdrs ENVID=q+2Bq"));

	IS_STR(c.mail.from.text, S("a@b"));
	IS_NUM(c.mail.has_size && c.mail.size_octets == UINT64_MAX, 1);
	IS_NUM(c.mail.body, SMTP_BODY_BINARYMIME);
	IS_NUM(c.mail.smtputf8, 1);
	IS_NUM(c.mail.has_auth, 1);
	IS_STR(c.mail.auth, S("e=mc2@x"));
	IS_NUM(c.mail.ret, SMTP_RET_HDRS);
	IS_STR(c.mail.envid, S("q+q"));
	c = parsed(S("MAIL FROM:<> AUTH=<> SIZE=7"));
	IS_NUM(c.mail.from.kind, SMTP_PATH_NULL);
	IS_NUM(c.mail.has_auth, 1);
	IS_NUM(c.mail.auth.len, 0);
	IS_NUM(c.mail.size_octets, 7);
	IS_NUM(c.mail.body, SMTP_BODY_7BIT);
	IS_NUM(c.mail.ret, SMTP_RET_NONE);
}

static void others(void)
{
	struct smtp_command c =
		parsed(S("RCPT TO:<A@b> NOTIFY=success,DELAY ORCPT=rfc822;x+20y@z"));

	IS_STR(c.rcpt.to.text, S("A@b"));
	IS_NUM(c.rcpt.notify, SMTP_NOTIFY_SUCCESS | SMTP_NOTIFY_DELAY);
	IS_STR(c.rcpt.orcpt_type, S("rfc822"));
	IS_STR(c.rcpt.orcpt, S("x y@z"));
	c = parsed(S("BDAT 86 LAST"));
	IS_NUM(c.bdat.octets, 86);
	IS_NUM(c.bdat.last, 1);
	c = parsed(S("AUTH plain ="));
	IS_STR(c.auth.mechanism, S("plain"));
	IS_NUM(c.auth.has_initial, 1);
	IS_NUM(c.auth.initial.len, 0);
	c = parsed(S("AUTH LOGIN"));
	IS_NUM(c.auth.has_initial, 0);
	c = parsed(S("EHLO junk;name"));
	IS_NUM(c.hello.valid, 0);
	c = parsed(S("EHLO [IPv6:::1]"));
	IS_NUM(c.hello.valid, 1);
	c = parsed(S("EHLO [::1]"));
	IS_NUM(c.hello.valid, 0);
	c = parsed(S("VRFY  a b "));
	IS_STR(c.text, S("a b"));
}

static void table_is_unique(void)
{
	for (int i = 0; i < SMTP_VERB_COUNT; i++) {
		const struct smtp_row *row = smtp_row((enum smtp_verb)i);
		enum smtp_verb found;

		OK(smtp_find(str_from_c(row->verb), &found) == ERR_OK && (int)found == i,
			"%s finds its row", row->verb);
		OK(strchr(row->rfc, ' ') != NULL, "%s names its section: %s", row->verb, row->rfc);
		for (int j = 0; j < i; j++)
			OK(strcmp(row->handler, smtp_row((enum smtp_verb)j)->handler) != 0,
				"%s has its own handler", row->verb);
	}
}

static void xtext(void)
{
	char all[256];
	struct buf b;
	struct str back;

	buf_init(&b, 1024);
	for (int i = 0; i < 95; i++)
		all[i] = (char)(' ' + i);
	smtp_xtext_put(&b, str_make(all, 95));
	OK(smtp_xtext_get(&arena, buf_str(&b), &back) == ERR_OK, "printable ASCII goes there");
	IS_STR(back, str_make(all, 95));
	for (size_t n = 0; n < b.len; n++) {
		struct str part = exact(str_sub(buf_str(&b), 0, n));

		/* Only the tail of an escape is an error. */
		OK(smtp_xtext_get(&arena, part, &back) ==
				(str_rfind(part, '+') + 3 > n && str_rfind(part, '+') != STR_NPOS
						? ERR_SYNTAX
						: ERR_OK),
			"%zu octets of xtext", n);
		exact_free(part);
	}
	buf_done(&b);
}

int main(void)
{
	arena_init(&arena, ARENA_NONE);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct smtp_command c;
		enum err e = parse(rows[i].in, &c);

		OK(e == rows[i].want && (e != ERR_OK || c.verb == rows[i].verb), "%.*s: %s",
			STR_FMT(rows[i].in), err_name(e));
		for (size_t n = 0; n < rows[i].in.len; n++)
			e = parse(str_sub(rows[i].in, 0, n), &c);
		OK(e != ERR_NEEDMORE, "no prefix waits for more");
	}
	mail();
	others();
	table_is_unique();
	xtext();
	arena_done(&arena);
	return tap_done();
}
