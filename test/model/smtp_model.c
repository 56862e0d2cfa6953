/*
 * SMTP: what a server must know of a session (RFC 5321 section 4.1.4, RFC 3030, RFC 2920, RFC 4954) against the front. The
 * model predicts the code of every reply, when the server hangs up, and which messages reach the store with which sender,
 * recipients and octets.
 */
#include <stdio.h>

#include "../unit/front/bench.h"
#include "front/smtp_session.h"
#include "io/file.h"
#include "model.h"

#define SIZE_MAX_OCTETS 1000u
#define JUNK_MAX        10

enum kind {
	EHLO, HELO, MAIL, RCPT, DATA, BDAT, RSET, NOOP, QUIT, VRFY, EXPN, HELP, STARTTLS, AUTH, UNKNOWN, LONG, BARE, HANGUP,
	KIND_COUNT
};

struct session {
	struct bench bench;
	struct bench_client client;
	struct model_op op;
	bool tell;
	/* The model. */
	bool submission, hello, known, open, chunked, closed, want_message;
	bool utf8;
	const char *sender;
	unsigned recipients, junk;
	struct buf tickets, body;
	struct buf want; /* codes */
};

struct variant {
	const char *text;
	int code; /* what it is worth by itself; 0: well-formed */
	const char *what;
};

static const struct variant mails[] = { { "MAIL FROM:<s@x.example>", 0, "s@x.example" }, { "MAIL FROM:<>", 0, "" },
	{ "mail from:<a@x.example> SIZE=999", 0, "a@x.example" }, { "MAIL FROM:<s@x.example> SIZE=1001", 552, "" },
	{ "MAIL FROM:<s x>", 501, "" }, { "MAIL FROM:<s@x.example> FOO=1", 555, "" },
	{ "MAIL FROM:<s@x.example> BODY=BINARYMIME", 504, "" }, { "MAIL FROM:<mallory@x.example>", 0, "mallory@x.example" },
	{ "MAIL FROM:<\xc3\xa4@x.example> SMTPUTF8", 0, "\xc3\xa4@x.example" }, { "MAIL FROM:<\xc3\xa4@x.example>", 553, "" },
	{ "MAIL", 501, "" }, { "MAIL FROM:<s@x.example> BODY=8BITMIME RET=HDRS ENVID=e", 0, "s@x.example" } };
static const struct variant rcpts[] = { { "RCPT TO:<v@y.example>", 0, "v@y.example" }, { "RCPT TO:<w@y.example>", 0, "w@y.example" },
	{ "RCPT TO:<Postmaster>", 0, "postmaster" }, { "rcpt to:<v@y.example> NOTIFY=NEVER", 0, "v@y.example" },
	{ "RCPT TO:<nobody@y.example>", 550, NULL }, { "RCPT TO:<full@y.example>", 552, NULL }, { "RCPT TO:<u@remote>", 550, NULL },
	{ "RCPT TO:<>", 501, "" }, { "RCPT TO:<v@y.example> FOO", 555, "" }, { "RCPT TO:<\xc3\xb6@y.example>", 553, "utf8" },
	{ "RCPT", 501, "" } };

/* ---- telling ---- */

static void tell(struct session *s, const char *prefix, struct str text)
{
	if (!s->tell)
		return;
	printf("# %s ", prefix);
	for (size_t i = 0; i < text.len && i < 100; i++)
		printf((unsigned char)text.at[i] < 0x20 ? "\\x%02x" : "%c", (unsigned char)text.at[i]);
	printf(text.len > 100 ? " ... %zu octets\n" : "\n", text.len);
}

static void say(struct session *s, struct str octets)
{
	tell(s, "C:", octets);
	bench_say(&s->client, octets);
}

static void say_line(struct session *s, const char *text)
{
	char line[256];

	snprintf(line, sizeof(line), "%s\r\n", text);
	say(s, str_from_c(line));
}

/* ---- the model ---- */

static void expect(struct session *s, int code)
{
	buf_printf(&s->want, s->want.len ? " %d" : "%d", code);
}

static void forget(struct session *s)
{
	s->open = s->chunked = s->utf8 = false;
	s->recipients = 0;
	buf_clear(&s->tickets);
	buf_clear(&s->body);
}

/* A command that makes no sense; the tenth ends the session. */
static void junk(struct session *s, int code)
{
	expect(s, code);
	if (++s->junk >= JUNK_MAX) {
		expect(s, 421);
		s->closed = true;
	}
}

static void fatal(struct session *s, int code)
{
	expect(s, code);
	s->closed = true;
}

static bool needs_logon(const struct session *s)
{
	return s->submission && !s->known;
}

/* What may be said before a syntax error is: 0, or the code of what is wrong with the order of things. */
static int order(const struct session *s, enum kind kind)
{
	bool after_hello = kind == MAIL || kind == RCPT || kind == DATA || kind == BDAT || kind == STARTTLS || kind == AUTH;
	bool logon = kind == MAIL || kind == RCPT || kind == DATA || kind == BDAT || kind == VRFY || kind == EXPN;

	if (after_hello && !s->hello)
		return 503;
	if (logon && needs_logon(s))
		return 530;
	if ((kind == RCPT || kind == DATA || kind == BDAT) && !s->open)
		return 503;
	return (kind == MAIL || kind == STARTTLS || kind == AUTH) && s->open ? 503 : 0;
}

/* True: the command is in order, and well-formed unless syntax says otherwise. */
static bool in_order(struct session *s, enum kind kind, int syntax)
{
	int code = order(s, kind);

	if (syntax != 0 && code != 530)
		code = syntax;
	if (code != 0)
		junk(s, code);
	return code == 0;
}

static void do_hello(struct session *s)
{
	bool bad = s->op.a % 8 == 0;

	say_line(s, bad ? "EHLO" : s->op.kind == EHLO ? "EHLO client.example" : "HELO client.example");
	if (bad) {
		junk(s, 501);
		return;
	}
	forget(s);
	s->hello = true;
	expect(s, 250);
}

static void do_mail(struct session *s)
{
	const struct variant *v = &mails[s->op.a % (sizeof(mails) / sizeof(*mails))];
	bool judged = v->code == 552 || v->code == 504; /* not the syntax: what it asks for */

	say_line(s, v->text);
	if (!in_order(s, MAIL, judged ? 0 : v->code))
		return;
	if (judged || (s->submission && strncmp(v->what, "mallory", 7) == 0)) {
		expect(s, judged ? v->code : 553);
		return;
	}
	s->open = true;
	s->sender = v->what;
	s->utf8 = strstr(v->text, "SMTPUTF8") != NULL;
	expect(s, 250);
}

static void do_rcpt(struct session *s)
{
	const struct variant *v = &rcpts[s->op.a % (sizeof(rcpts) / sizeof(*rcpts))];
	bool utf8 = v->what != NULL && strcmp(v->what, "utf8") == 0;
	bool judged = utf8 || v->what == NULL; /* not the syntax */

	say_line(s, v->text);
	if (!in_order(s, RCPT, judged ? 0 : v->code))
		return;
	if (s->chunked) {
		expect(s, 503);
	} else if (v->what == NULL || (utf8 && !s->utf8)) {
		expect(s, v->code);
	} else {
		s->recipients++;
		buf_printf(&s->tickets, "[%s]", utf8 ? "\xc3\xb6@y.example" : v->what);
		expect(s, 250);
	}
}

/* The end of the octets has come: what becomes of the message. */
static void finish(struct session *s, int fault)
{
	static const struct {
		enum err code;
		int want;
	} words[] = { { ERR_OK, 250 }, { ERR_OK, 250 }, { ERR_QUOTA, 552 }, { ERR_DISKFULL, 452 } };
	unsigned word = s->op.c % 4;

	if (fault == 0 && words[word].want == 250)
		s->want_message = true;
	else
		forget(s);
	if (fault == 554 && !s->submission)
		fatal(s, fault);
	else
		expect(s, fault ? fault : words[word].want);
}

static void play_store(struct session *s)
{
	static const enum err codes[] = { ERR_OK, ERR_OK, ERR_QUOTA, ERR_DISKFULL };

	s->bench.play.deliver = codes[s->op.c % 4];
	s->bench.play.parser_dies = false;
}

static const struct {
	const char *sent, *kept;
	int fault;
} bodies[] = { { "Subject: a\r\n\r\nhello\r\n.\r\n", "Subject: a\r\n\r\nhello\r\n", 0 }, { ".\r\n", "", 0 },
	{ "..\r\n.x\r\n...\r\n.\r\n", ".\r\nx\r\n..\r\n", 0 }, { "a\nb\r\n.\r\n", NULL, 554 }, { "a\rb\r\n.\r\n", NULL, 554 },
	{ "a\r\n.\nMAIL FROM:<i@x>\r\n.\r\n", NULL, 554 }, { "RSET\r\nQUIT\r\n.\r\n", "RSET\r\nQUIT\r\n", 0 },
	{ "x\r\n\n.\n\r\n.\r\n", NULL, 554 }, { "BIG", NULL, 552 } };

static void say_body(struct session *s, unsigned which)
{
	char big[SIZE_MAX_OCTETS + 10];

	if (bodies[which].fault != 552) {
		say(s, str_from_c(bodies[which].sent));
		return;
	}
	memset(big, 'x', SIZE_MAX_OCTETS + 1);
	memcpy(big + SIZE_MAX_OCTETS + 1, "\r\n.\r\n", 5);
	say(s, str_make(big, SIZE_MAX_OCTETS + 6));
}

static void do_data(struct session *s)
{
	unsigned which = s->op.a % (sizeof(bodies) / sizeof(*bodies));
	bool bad = s->op.b % 16 == 0, ahead = s->op.b % 16 == 1;

	play_store(s);
	say_line(s, bad ? "DATA now" : ahead ? "DATA\r\nSubject: early" : "DATA");
	if (ahead) {
		fatal(s, 554);
		return;
	}
	if (!in_order(s, DATA, bad ? 501 : 0))
		return;
	if (s->chunked || s->recipients == 0) {
		bool drop = s->chunked;

		junk(s, 503);
		if (drop)
			forget(s);
		return;
	}
	expect(s, 354);
	say_body(s, which);
	if (bodies[which].kept != NULL)
		buf_put(&s->body, str_from_c(bodies[which].kept));
	finish(s, bodies[which].fault);
}

/* Bare octets in what has come; a CR at the end may still find its LF, unless the end is the end. */
static bool is_bare(struct str body, bool end)
{
	for (size_t i = 0; i < body.len; i++) {
		bool cr_before = i > 0 && body.at[i - 1] == '\r', lf_behind = i + 1 < body.len && body.at[i + 1] == '\n';

		if ((body.at[i] == '\n' && !cr_before) || (body.at[i] == '\r' && !lf_behind && (end || i + 1 < body.len)))
			return true;
	}
	return false;
}

static void take_chunk(struct session *s, struct str octets, bool last)
{
	int code = order(s, BDAT);

	if (code == 0 && s->recipients == 0)
		code = 503;
	if (code != 0) {
		forget(s);
		expect(s, code);
		return;
	}
	s->chunked = true;
	buf_put(&s->body, octets);
	if (is_bare(buf_str(&s->body), last))
		finish(s, 554);
	else if (s->body.len > SIZE_MAX_OCTETS)
		finish(s, 552);
	else if (last)
		finish(s, 0);
	else
		expect(s, 250);
}

static void do_bdat(struct session *s)
{
	static const char *const chunks[] = { "hello", "", "a\r\n", "\nb", "c\r", "..\r\n.\r\n", "x\ny", "QUIT\r\n", NULL };
	static const char *const wrong[] = { "BDAT -1", "BDAT", "BDAT 99999999999999999999 LAST", "BDAT 5 FIRST" };
	const char *chunk = chunks[s->op.a % 9];
	bool last = s->op.b % 3 == 0;
	char big[600], line[64];
	struct buf out;
	struct str octets;

	play_store(s);
	if (s->op.b % 32 == 31) {
		say_line(s, wrong[s->op.a % 4]);
		fatal(s, 501);
		return;
	}
	memset(big, 'y', sizeof(big));
	octets = chunk ? str_from_c(chunk) : str_make(big, sizeof(big));
	snprintf(line, sizeof(line), "BDAT %zu%s\r\n", octets.len, last ? " LAST" : "");
	buf_init(&out, 2048);
	buf_put_c(&out, line);
	buf_put(&out, octets);
	say(s, buf_str(&out));
	buf_done(&out);
	take_chunk(s, octets, last);
}

static void do_auth(struct session *s)
{
	static const struct {
		const char *line, *response;
		int code, then;
	} tries[] = { { "AUTH PLAIN AERPTVxhbGljZQBzZWNyZXQ=", NULL, 235, 0 }, { "AUTH PLAIN AERPTVxhbGljZQB3cm9uZw==", NULL, 535, 0 },
		{ "AUTH PLAIN", "AERPTVxhbGljZQBzZWNyZXQ=", 334, 235 }, { "AUTH PLAIN", "*", 334, 501 }, { "AUTH PLAIN", "!!!", 334, 501 },
		{ "auth plain", "AERPTVxhbGljZQB3cm9uZw==", 334, 535 }, { "AUTH NTLM", NULL, 504, 0 }, { "AUTH PLAIN !!", NULL, 501, 0 } };
	unsigned which = s->op.a % 9;

	say_line(s, which == 8 ? "AUTH" : tries[which].line);
	if (!in_order(s, AUTH, which == 8 ? 501 : 0))
		return;
	if (!s->submission || s->known) {
		junk(s, s->submission ? 503 : 500);
		return;
	}
	if (tries[which].code == 334) {
		expect(s, 334);
		say_line(s, tries[which].response);
	}
	if (tries[which].code == 235 || tries[which].then == 235) {
		s->known = true;
		expect(s, 235);
	} else {
		junk(s, tries[which].then ? tries[which].then : tries[which].code);
	}
}

static void do_small(struct session *s)
{
	static const char *const junks[] = { "XCLIENT a=b", "", "DATA1", "EXPUNGE", "\xff\xfe", "MAILFROM:<a@b>" };
	bool argument = s->op.a % 4 == 0;

	if (s->op.kind == RSET) {
		say_line(s, argument ? "RSET now" : "rset");
		if (!in_order(s, RSET, argument ? 501 : 0))
			return;
		forget(s);
		expect(s, 250);
	} else if (s->op.kind == NOOP) {
		say_line(s, argument ? "NOOP please" : "NOOP");
		expect(s, 250);
	} else if (s->op.kind == HELP) {
		say_line(s, "HELP");
		expect(s, 214);
	} else if (s->op.kind == VRFY || s->op.kind == EXPN) {
		say_line(s, argument ? (s->op.kind == VRFY ? "VRFY" : "EXPN") : s->op.kind == VRFY ? "VRFY anna" : "EXPN all");
		if (in_order(s, s->op.kind, argument ? 501 : 0))
			expect(s, 252);
	} else if (s->op.kind == STARTTLS) {
		say_line(s, argument ? "STARTTLS 1" : "STARTTLS");
		if (in_order(s, STARTTLS, argument ? 501 : 0))
			expect(s, 454);
	} else {
		say_line(s, junks[s->op.a % 6]);
		junk(s, 500);
	}
}

static void do_end(struct session *s)
{
	char line[3000];

	if (s->op.kind == QUIT) {
		say_line(s, s->op.a % 4 ? "QUIT" : "QUIT now");
		if (s->op.a % 4)
			fatal(s, 221);
		else
			junk(s, 501);
	} else if (s->op.kind == LONG) {
		memset(line, 'x', sizeof(line));
		say(s, str_make(line, sizeof(line)));
		fatal(s, 500);
	} else if (s->op.kind == BARE) {
		say(s, s->op.a % 2 ? S("NOOP\nNOOP\r\n") : S("NO\0OP\r\n"));
		fatal(s, 554);
	} else {
		fd_close(&s->client.fd); /* in the middle of whatever there is */
		s->closed = true;
	}
}

static void (*const doing[KIND_COUNT])(struct session *s) = { [EHLO] = do_hello, [HELO] = do_hello, [MAIL] = do_mail,
	[RCPT] = do_rcpt, [DATA] = do_data, [BDAT] = do_bdat, [RSET] = do_small, [NOOP] = do_small, [VRFY] = do_small,
	[EXPN] = do_small, [HELP] = do_small, [STARTTLS] = do_small, [AUTH] = do_auth, [UNKNOWN] = do_small, [QUIT] = do_end,
	[LONG] = do_end, [BARE] = do_end, [HANGUP] = do_end };

/* ---- what the store got ---- */

static void drop_messages(struct bench *b)
{
	for (size_t i = 0; i < b->messages_count; i++) {
		buf_done(&b->messages[i].octets);
		buf_done(&b->messages[i].sender);
		buf_done(&b->messages[i].tickets);
		buf_done(&b->messages[i].trace);
		buf_done(&b->messages[i].record);
	}
	b->messages_count = 0;
}

static bool same_message(struct session *s)
{
	const struct bench_message *m = &s->bench.messages[0];
	struct str octets = buf_str(&m->octets);
	size_t body = str_find_str(octets, S(";"));

	if (s->bench.messages_count != (s->want_message ? 1u : 0u)) {
		if (s->tell)
			printf("# %zu messages, not %d\n", s->bench.messages_count, s->want_message);
		return false;
	}
	if (!s->want_message)
		return true;
	/* The trace ends with its date's line. */
	octets = str_skip(octets, body);
	body = str_find_str(octets, S("\r\n"));
	octets = str_skip(octets, body + 2);
	return (m->small || m->sealed) && str_eq(buf_str(&m->sender), str_from_c(s->sender)) &&
	       str_eq(buf_str(&m->tickets), buf_str(&s->tickets)) && str_eq(octets, buf_str(&s->body));
}

static bool agree(struct session *s)
{
	const char *codes = s->op.kind == HANGUP ? "" : bench_codes(&s->client);
	bool good = str_eq(str_from_c(codes), buf_str(&s->want)) && (s->op.kind == HANGUP || s->client.closed == s->closed);

	tell(s, "S:", str_from_c(codes));
	if (!good && s->tell)
		printf("# the model wants '%.*s'%s, the server says '%s'%s\n", STR_FMT(buf_str(&s->want)), s->closed ? " and the end" : "",
			codes, s->client.closed ? " and the end" : "");
	good = good && same_message(s);
	if (s->want_message)
		forget(s);
	s->want_message = false;
	drop_messages(&s->bench);
	buf_clear(&s->want);
	return good;
}

/* ---- a sequence ---- */

/* Half of all commands lead on from where the session is, and are well-formed; the other half are anything. */
static void lead_on(const struct session *s, struct model_op *op)
{
	if (op->kind < KIND_COUNT)
		return;
	op->kind = !s->hello ? EHLO : needs_logon(s) ? AUTH : !s->open ? MAIL : RCPT;
	if (op->kind == RCPT && s->recipients > 0)
		op->kind = op->c & 64 ? RCPT : op->c & 32 ? DATA : BDAT;
	if (op->kind == EHLO)
		op->a |= 1;
	else if (op->kind != DATA && op->kind != BDAT)
		op->a = op->kind == RCPT ? op->a % 3 : 0;
	else if (op->kind == DATA)
		op->b |= 2;
}

static size_t run(const struct model_op *ops, size_t count, bool tells, bool *ret_agrees)
{
	size_t i = 0;
	static struct session s;
	bool good;

	s = (struct session){ .tell = tells, .submission = ops[0].b % 2, .sender = "" };
	buf_init(&s.tickets, 1u << 20);
	buf_init(&s.body, 1u << 20);
	buf_init(&s.want, 4096);
	bench_init(&s.bench, s.submission ? ROLE_FRONT_USER : ROLE_FRONT_MX);
	s.bench.config.auth_plaintext_without_tls = CONFIG_PLAINTEXT_ALWAYS;
	s.bench.config.smtp_message_octets_max = SIZE_MAX_OCTETS;
	bench_connect(&s.bench, &s.client, s.submission ? SERVICE_SUBMISSION : SERVICE_SMTP, "192.0.2.7");
	expect(&s, 220);
	s.op.kind = NOOP;
	good = agree(&s);
	for (; good && i < count && !s.closed; i++) {
		s.op = ops[i];
		lead_on(&s, &s.op);
		doing[s.op.kind](&s);
		good = agree(&s);
	}
	bench_hang_up(&s.client);
	bench_settle(&s.bench);
	good = good && s.bench.messages_count == 0;
	bench_done(&s.bench);
	buf_done(&s.tickets);
	buf_done(&s.body);
	buf_done(&s.want);
	*ret_agrees = good;
	return i;
}

static void make(struct model_op *ret)
{
	static const uint8_t often[] = { MAIL, MAIL, RCPT, RCPT, RCPT, DATA, DATA, BDAT, BDAT, RSET, NOOP, AUTH };

	ret->kind = model_random(3) ? (uint8_t)KIND_COUNT : model_random(4) ? often[model_random(sizeof(often))] : (uint8_t)model_random(KIND_COUNT);
	if ((ret->kind >= LONG && ret->kind < KIND_COUNT) || ret->kind == QUIT)
		ret->kind = model_random(4) ? (uint8_t)RSET : ret->kind;
	ret->a = (uint8_t)model_random(256);
	ret->b = (uint8_t)model_random(256);
	ret->c = (uint8_t)model_random(256);
}

int main(void)
{
	static const struct model smtp = { "smtp", 60, make, run };

	return model_main(&smtp);
}
